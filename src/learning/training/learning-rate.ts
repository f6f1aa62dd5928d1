/** Of a step, or for each face of a batch: exactly one of the two. */
export type LearningRate = number | { readonly perImage: number };

/**
 * The rate of the code of arXiv 2408.17399 (as of ElasticFace, from which it comes): 0.1 for every 512 images of a batch, so that it is
 * 0.025 at that paper's batch of 128.
 */
export const PUBLISHED_RATE: LearningRate = { perImage: 0.1 / 512 };

/** The rate of a step, before any milestone. */
export function ratePerStep(rate: LearningRate, batch: number): number {
  return typeof rate === 'number' ? rate : rate.perImage * batch;
}
