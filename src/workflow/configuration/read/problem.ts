import type { ProblemCode } from './problem-codes';
import type { SourceFile } from '../checked-pipeline';

/** A stretch of the text of a file: offsets of UTF-16 units, end exclusive. */
export interface Span {
  readonly source: SourceFile;
  readonly start: number;
  readonly end: number;
}

/** One mistake in the files of a pipeline. */
export interface Problem {
  /** Stable, for tests and programs. */
  readonly code: ProblemCode;
  readonly message: string;
  readonly span: Span;
  /** The file is used all the same, and may not mean what its author thinks. */
  readonly isWarning?: true;
  /** Other places that explain it. */
  readonly notes?: readonly { readonly message: string; readonly span: Span }[];
}

/** Records a mistake; the check continues, so that all mistakes are shown at once. */
export type ReportProblem = (problem: Problem) => void;

/** There is no use in going on; what is wrong has been reported. */
export class GiveUp extends Error {}

/** More than anybody reads, and each costs time: comparing names, for one. */
const MAX_PROBLEMS = 1000;

/**
 * Collects mistakes, each once: the cells of a matrix share a text and its mistakes. `report` throws `GiveUp` when there are too many; warnings
 * beyond as many are left out.
 */
export function collectProblems(): { readonly problems: readonly Problem[]; readonly report: ReportProblem } {
  const problems: Problem[] = [];
  let [mistakes, warnings] = [0, 0];
  const seen = new Map<SourceFile, Set<string>>();
  const report: ReportProblem = problem => {
    const { source, start, end } = problem.span;
    const told = seen.get(source) ?? new Set();
    seen.set(source, told);
    const key = `${start} ${end} ${problem.code} ${problem.message}`;
    if (told.has(key)) return;
    told.add(key);
    if (problem.isWarning) {
      // A file that is only doubtful is used all the same.
      if (++warnings <= MAX_PROBLEMS) problems.push(problem);
      return;
    }
    problems.push(problem);
    if (++mistakes >= MAX_PROBLEMS) throw new GiveUp();
  };
  return { problems, report };
}
