import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../../errors';
import type { FaceSet } from '../../data/face-set';
import type { StageInput } from '../../stage';
import { readSelection } from '../../data/selection';
import { plural } from '../../kit/text/human';
import type { IdentityScope } from './people-options';

/** A face set and where it came from. */
export interface SourceSet {
  readonly input: StageInput;
  readonly faces: FaceSet;
}

/** What is learnt: 12 bytes per face, and the names of the classes. */
export interface Samples {
  readonly count: number;
  /** Index of each sample's set among the source sets. */
  readonly sets: Uint32Array;
  /** Row in that set. */
  readonly rows: Uint32Array;
  /** Index into `classes`. */
  readonly labels: Int32Array;
  /** `<domain>/<group>/<identity>`, sorted, so that labels depend on the data alone. People of equal names are told apart by their sets. */
  readonly classes: readonly string[];
  /** By class. */
  readonly groups: readonly string[];
  /** Names that people of several sets carry: how many, and the first. */
  readonly namesakes: { readonly count: number; readonly first?: string };
}

/**
 * Every face of the sets or, with a selection, those it lists, in its order. A person is known by set, domain, group and name or,
 * with `shared`, by domain, group and name. Errors with `selection-mismatch` (`UserError`) when the selection was made from other
 * face sets or lists a face twice, `same-faces-twice` when two sets are one, and `too-few-classes` when there is nothing to tell apart.
 */
export async function readSamples(
  sources: readonly SourceSet[],
  selection?: StageInput,
  identities: IdentityScope = 'separate',
): Promise<Samples> {
  refuseSameTwice(sources);
  const found = selection ? selected(sources, selection) : everyFace(sources);
  const samples = await gather(found, identities);
  if (samples.classes.length >= 2) return samples;
  const where = selection ? `selection of stage "${selection.stage}"` : stagesOf(sources);
  throw new UserError(
    `Train: found ${plural(samples.count, 'face')} of ${plural(samples.classes.length, 'identity')} in ${where}, want at least 2 identities; ` +
      'check how many faces the stages before kept',
    { code: 'too-few-classes' },
  );
}

function refuseSameTwice(sources: readonly SourceSet[]): void {
  for (const [i, { input }] of sources.entries()) {
    const twin = sources.slice(0, i).find(other => other.input.digest === input.digest);
    if (!twin) continue;
    const stages = twin.input.stage === input.stage ? `"${input.stage}"` : `"${twin.input.stage}" and "${input.stage}"`;
    throw new UserError(
      `Train: the faces of ${stages} are connected twice, the same faces with the same names, so that each would be learnt from twice; ` +
        'name them once under `faces`',
      { code: 'same-faces-twice' },
    );
  }
}

interface Sample {
  readonly set: number;
  readonly row: number;
  /** `<domain>/<group>/<identity>`. */
  readonly identity: string;
  readonly group: string;
}

interface Person {
  readonly name: string;
  readonly group: string;
  /** The first set in which the person was seen. */
  readonly set: number;
  readonly label: number;
}

async function gather(found: AsyncIterable<Sample>, identities: IdentityScope): Promise<Samples> {
  const people = new Map<string, Person>();
  const [sets, rows, labels]: [number[], number[], number[]] = [[], [], []];
  for await (const { set, row, identity, group } of found) {
    // No name holds a slash, so that no other person has this key.
    const key = identities === 'shared' ? identity : `${set}/${identity}`;
    let person = people.get(key);
    if (!person) people.set(key, (person = { name: identity, group, set, label: people.size }));
    sets.push(set);
    rows.push(row);
    labels.push(person.label);
  }
  const sorted = [...people.values()].sort((a, b) => (a.name === b.name ? a.set - b.set : a.name < b.name ? -1 : 1));
  const labelOf = new Int32Array(sorted.length);
  for (const [label, person] of sorted.entries()) labelOf[person.label] = label;
  return {
    count: rows.length,
    sets: Uint32Array.from(sets),
    rows: Uint32Array.from(rows),
    labels: Int32Array.from(labels, first => labelOf[first]!),
    classes: sorted.map(({ name }) => name),
    groups: sorted.map(({ group }) => group),
    namesakes: namesakesOf(sorted),
  };
}

function namesakesOf(sorted: readonly Person[]): Samples['namesakes'] {
  const firsts = sorted.filter(({ name }, i) => name === sorted[i + 1]?.name && name !== sorted[i - 1]?.name);
  return { count: firsts.length, ...(firsts[0] && { first: firsts[0].name }) };
}

async function* everyFace(sources: readonly SourceSet[]): AsyncGenerator<Sample> {
  for (const [set, { faces }] of sources.entries()) {
    // The same name in two groups or domains is another person, as in a selection.
    for await (const { row, identity, group, domain } of faces.people()) {
      yield { set, row, identity: `${domain}/${group}/${identity}`, group };
    }
  }
}

async function* selected(sources: readonly SourceSet[], selection: StageInput): AsyncGenerator<Sample> {
  const order = await orderOfSets(sources, selection);
  const listed = sources.map(({ faces }) => new Uint8Array(faces.count));
  for await (const { set, row, identity, group } of readSelection(selection.folder)) {
    const source = order[set];
    if (source === undefined || row < 0 || row >= sources[source]!.faces.count) {
      throw mismatch(selection, `it lists row ${row} of set ${set}, which does not exist`);
    }
    if (listed[source]![row]!++ > 0) throw mismatch(selection, `it lists row ${row} of set ${set} twice`);
    yield { set: source, row, identity, group };
  }
}

/** By set of the selection, its place among the sources. */
async function orderOfSets(sources: readonly SourceSet[], selection: StageInput): Promise<readonly number[]> {
  const path = join(selection.folder, 'selection.json');
  let summary: { readonly sets?: readonly { readonly source?: string; readonly digest?: string }[] };
  try {
    summary = JSON.parse(await readFile(path, 'utf8')) as typeof summary;
  } catch (error) {
    throw mismatch(selection, `${path}: ${messageOf(error)}`);
  }
  return (summary.sets ?? []).map(({ source, digest }, set) => {
    const found = sources.findIndex(({ input }) => input.digest === digest);
    if (found >= 0) return found;
    throw mismatch(selection, `its ${source ?? `set ${set}`} faces are not among ${stagesOf(sources)}`);
  });
}

function mismatch(selection: StageInput, reason: string): UserError {
  return new UserError(
    `Read the selection of stage "${selection.stage}": ${reason}; connect to \`faces\` the face sets that it was made from`,
    { code: 'selection-mismatch' },
  );
}

function stagesOf(sources: readonly SourceSet[]): string {
  return `the faces of ${sources.map(({ input }) => `"${input.stage}"`).join(', ')}`;
}
