import type { BiasComparison, ReportedComparison } from './compare';

/** A way to write down a comparison of models over groups. The same comparison gives the same bytes. */
export interface Report {
  readonly name: string;
  /** What it is for; one line. */
  readonly summary: string;
  /** File name in the artifact. */
  readonly file: string;
  render(comparison: BiasComparison): string;
}

/** A report for people alone: drawn from the finished artifact, so that it can be drawn again when only its own code has changed. */
export interface ReportPage extends Omit<Report, 'render'> {
  /** What it shows, for the overview page; one line. */
  readonly caption: string;
  render(comparison: ReportedComparison): string;
}
