import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddingSet } from '../../data/embedding-set';
import { EXIT, UserError } from '../../errors';
import type { Emit } from '../../stage-task';
import type { SourceSet } from './samples';
import { taughtTerms } from './terms';
import type { TrainingJob } from './training-job';

export interface FoundEmbeddings {
  readonly input: { readonly stage: string };
  readonly set: Pick<EmbeddingSet, 'facesDigest' | 'teacherSha256' | 'preprocessing'>;
}

/**
 * Errors with `embeddings-mismatch` (`UserError`) when two embedding sets are of the same faces, of which one would not be used, and with
 * `two-teachers` when they are not all of one model that was given its pixels in one way: vectors of two teachers have nothing in common.
 */
export function refuseTwoTeachers(found: readonly FoundEmbeddings[]): void {
  for (const [i, { input, set }] of found.entries()) {
    const twin = found.slice(0, i).find(other => other.set.facesDigest === set.facesDigest);
    if (!twin) continue;
    const stages =
      twin.input.stage === input.stage ? `"${input.stage}", twice` : `"${twin.input.stage}" and "${input.stage}"`;
    throw new UserError(
      `Read the teacher's embeddings: there are two of the same faces (${stages}), and a face is learnt from one vector; connect one of them ` +
        'under `embeddings`',
      { code: 'embeddings-mismatch', exit: EXIT.stageFailed },
    );
  }
  const [first, ...others] = found;
  for (const { input, set } of others) {
    const [one, other] = [`"${first!.input.stage}"`, `"${input.stage}"`];
    if (set.teacherSha256 !== first!.set.teacherSha256) {
      throw twoTeachers(
        `stages ${one} and ${other} embedded with two teachers (${nameOf(first!)} and ${nameOf({ set })})`,
        'connect the same teacher to both',
      );
    }
    if (set.preprocessing !== first!.set.preprocessing) {
      const [a, b] = differences(first!.set.preprocessing, set.preprocessing);
      throw twoTeachers(
        `stages ${one} and ${other} gave the same teacher its pixels in two ways (${a} and ${b})`,
        'give both the same `channels`, `mean` and `scale`',
      );
    }
  }
}

function nameOf({ set }: Pick<FoundEmbeddings, 'set'>): string {
  return `model ${set.teacherSha256.slice(0, 12)}`;
}

/** Of two lists of settings as JSON, those that differ. */
function differences(first: string, second: string): [string, string] {
  const parse = (text: string): Readonly<Record<string, unknown>> => {
    try {
      return JSON.parse(text) as Readonly<Record<string, unknown>>;
    } catch {
      return { preprocessing: text };
    }
  };
  const [a, b] = [parse(first), parse(second)];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(name => a[name] !== b[name]);
  const say = (values: Readonly<Record<string, unknown>>): string =>
    names.map(name => `${name} ${name in values ? JSON.stringify(values[name]) : 'not known'}`).join(', ');
  return [say(a), say(b)];
}

function twoTeachers(reason: string, then: string): UserError {
  return new UserError(`Read the teacher's embeddings: ${reason}, and a student has one; ${then}`, {
    code: 'two-teachers',
    exit: EXIT.stageFailed,
  });
}

/**
 * Says which inputs of a training have no effect. Errors with `selection-mismatch` (`UserError`) when the selection knows nothing of a
 * face set, and with `different-templates` when faces are aligned in different ways.
 */
export async function checkConnections(
  { recipe, embeddings, selection }: TrainingJob,
  sources: readonly SourceSet[],
  emit: Emit,
): Promise<void> {
  if (embeddings.length > 0 && taughtTerms(recipe.terms).length === 0) {
    const stages = embeddings.map(({ stage }) => `"${stage}"`).join(', ');
    const text = `The embeddings of ${stages} are not used: no term with a weight above 0 learns from a teacher`;
    emit({ type: 'log', level: 'warn', text });
  }
  const other = sources.find(({ faces }) => faces.info.template !== sources[0]!.faces.info.template);
  if (other) {
    const [a, b] = [sources[0]!, other].map(
      ({ input, faces }) => `those of "${input.stage}" to ${faces.info.template}`,
    );
    throw new UserError(
      `Train: the faces are aligned to different templates, ${a} and ${b}; give both align-faces stages the same \`template\``,
      { code: 'different-templates' },
    );
  }
  if (!selection) return;
  const chosen = await digestsIn(selection.folder);
  const unused = chosen && sources.find(({ input }) => !chosen.includes(input.digest));
  if (unused) {
    throw new UserError(
      `Read the selection of stage "${selection.stage}": it was made without the faces of stage "${unused.input.stage}", so that none of them ` +
        'would be learnt; leave them out of `faces`, or make the selection from them too',
      { code: 'selection-mismatch' },
    );
  }
}

/** Undefined for what `readSamples` refuses better. */
async function digestsIn(folder: string): Promise<readonly (string | undefined)[] | undefined> {
  try {
    const summary = JSON.parse(await readFile(join(folder, 'selection.json'), 'utf8')) as {
      readonly sets?: readonly { readonly digest?: string }[];
    };
    return summary.sets?.map(({ digest }) => digest);
  } catch {
    return undefined;
  }
}
