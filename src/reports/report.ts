import type { BiasComparison } from './compare';

/** A way to write down a comparison of models over groups. The same comparison gives the same bytes. */
export interface Report {
  readonly name: string;
  /** What it is for; one line. */
  readonly summary: string;
  /** File name in the artifact. */
  readonly file: string;
  render(comparison: BiasComparison): string;
}
