/** A stretch of the text of a pipeline file: offsets of UTF-16 units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One mistake in a pipeline file. */
export interface Problem {
  /** Stable, for tests and programs. */
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  /** Other places that explain it. */
  readonly notes?: readonly { readonly message: string; readonly span: Span }[];
}

/** Takes a mistake down; the check goes on, so that all mistakes of a file are shown in one go. */
export type Report = (problem: Problem) => void;
