import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors';
import type { FaceSet } from '../faces/face-set';
import type { StageInput } from '../stage';
import { readTable } from '../tables/read-table';
import type { Columns } from '../tables/table';

/** A face set and where it came from. */
export interface SourceSet {
  readonly input: StageInput;
  readonly faces: FaceSet;
}

/** What is learnt: 12 octets per face, and the names of the classes. */
export interface Samples {
  readonly count: number;
  /** Index of each sample's set among the source sets. */
  readonly sets: Uint32Array;
  /** Row in that set. */
  readonly rows: Uint32Array;
  /** Index into `classes`. */
  readonly labels: Int32Array;
  /** `<domain>/<group>/<identity>`, sorted, so that labels depend on the data alone. */
  readonly classes: readonly string[];
}

/**
 * Every face of the sets or, with a selection, those it lists, in its order. Errors with `selection-mismatch` (`UserError`) when
 * the selection was made from other face sets, and `too-few-classes` when there is nothing to tell apart.
 */
export async function readSamples(sources: readonly SourceSet[], selection?: StageInput): Promise<Samples> {
  const samples = await gather(selection ? selected(sources, selection) : everyFace(sources));
  if (samples.classes.length >= 2) return samples;
  const where = selection ? `selection of stage "${selection.stage}"` : stagesOf(sources);
  throw new UserError(
    `Train: found ${samples.count} faces of ${samples.classes.length} identities in ${where}, want at least 2 identities; ` +
      'check how many faces the stages before kept',
    { code: 'too-few-classes' },
  );
}

interface Sample {
  readonly set: number;
  readonly row: number;
  readonly identity: string;
}

async function gather(found: AsyncIterable<Sample>): Promise<Samples> {
  const classes = new Map<string, number>();
  const [sets, rows, labels]: [number[], number[], number[]] = [[], [], []];
  for await (const { set, row, identity } of found) {
    const label = classes.get(identity) ?? classes.size;
    classes.set(identity, label);
    sets.push(set);
    rows.push(row);
    labels.push(label);
  }
  const sorted = [...classes.keys()].sort();
  const labelOf = new Int32Array(classes.size);
  for (const [label, identity] of sorted.entries()) labelOf[classes.get(identity)!] = label;
  return {
    count: rows.length,
    sets: Uint32Array.from(sets),
    rows: Uint32Array.from(rows),
    labels: Int32Array.from(labels, first => labelOf[first]!),
    classes: sorted,
  };
}

async function* everyFace(sources: readonly SourceSet[]): AsyncGenerator<Sample> {
  for (const [set, { faces }] of sources.entries()) {
    // The same name in two groups or domains is another person, as in a selection.
    for await (const { row, identity, group, domain } of faces.rows()) {
      yield { set, row, identity: `${domain}/${group}/${identity}` };
    }
  }
}

const COLUMNS = {
  set: { type: 'int' },
  row: { type: 'int' },
  identity: { type: 'string' },
} as const satisfies Columns;

async function* selected(sources: readonly SourceSet[], selection: StageInput): AsyncGenerator<Sample> {
  const order = await orderOfSets(sources, selection);
  const table = await readTable(join(selection.folder, 'selection.parquet'), COLUMNS);
  try {
    for await (const found of table) {
      const { set, row, identity } = found as unknown as Sample;
      const source = order[set];
      if (source === undefined || row < 0 || row >= sources[source]!.faces.count) {
        throw mismatch(selection, `it lists row ${row} of set ${set}, which does not exist`);
      }
      yield { set: source, row, identity };
    }
  } finally {
    await table.close();
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
