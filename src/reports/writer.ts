import type { BiasComparison, ReportedComparison } from './compare';

/** A file of the report for programs, in the port `report`. The same comparison gives the same bytes. */
export interface Writer {
  /** What it is for; one line. */
  readonly summary: string;
  /** File name in the artifact. */
  readonly file: string;
  readonly render: (comparison: BiasComparison) => string;
}

/** A file for people alone: drawn from the finished artifact, so that it can be drawn again when only its own code has changed. */
export interface ReportPage extends Omit<Writer, 'render'> {
  /** What it shows, for the overview page; one line. */
  readonly caption: string;
  readonly render: (comparison: ReportedComparison) => string;
}
