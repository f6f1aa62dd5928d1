import type { Evaluation } from '../data/evaluation';
import type { ScoreSummary } from './scores';

/** One evaluation with its source. */
export interface ComparedModel extends Evaluation {
  /** For messages only: pipelines that share the report's artifact may name the stage differently. */
  readonly stage: string;
  /** Digest of the evaluation's artifact. */
  readonly digest: string;
  readonly scores: ScoreSummary;
}
