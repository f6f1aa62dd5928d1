import type { ProblemCode } from '../read/problem-codes';
import { UserError } from '../../../errors';
import type { AnyStage, Json } from '../../../stage';
import { quote } from '../../../kit/text/quote';
import { givenPaths, type PathOption } from '../../inputs/path-options';
import { clipped, type Roots } from './roots';

export interface Mistake {
  readonly code: ProblemCode;
  readonly message: string;
}

export interface NamedFile extends Pick<PathOption, 'option' | 'name' | 'path'> {
  /** As the pipeline file has it. */
  readonly written: string;
}

/** What is wrong with a file that an option names, or with one that belongs to it. */
export function companionMistakes(
  roots: Roots,
  stage: AnyStage,
  { option, name, path, written }: NamedFile,
): Mistake[] {
  const where = `option ${quote(name)} of ${stage.name}`;
  try {
    return roots.companionsOf(stage, option, path).flatMap(companion => {
      const refusal = roots.refuse(companion.path);
      if (!refusal) return [];
      const isMissing = refusal.code === 'missing-path';
      const advice = isMissing ? `; copy it there from where ${quote(written)} came from` : '';
      const problem = `it refers to ${clipped(companion.path)}, which ${refusal.reason}${advice}`;
      const code = isMissing ? 'missing-companion' : refusal.code;
      return [{ code, message: `Cannot use ${quote(written)}, ${where}: ${problem}` }];
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ code: error.code, message: `${error.message} (${where})` }];
  }
}

/** Absolute paths of what belongs to the files that the options name; none of files that are not as they should be (reported). */
export function companionPaths(roots: Roots, stage: AnyStage, options: Readonly<Record<string, Json>>): string[] {
  const named = stage.companions === undefined ? [] : givenPaths({ stage, options });
  const paths = named.flatMap(({ option, path }) => {
    try {
      return roots.companionsOf(stage, option, path).map(companion => companion.path);
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return [...new Set(paths)];
}
