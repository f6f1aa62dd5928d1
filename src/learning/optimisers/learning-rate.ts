import type { Option } from '../../kit/option-types';
import { number, numberOrMap } from '../../kit/options';

/** Of a step, or for each face of a batch: exactly one of the two. */
export type LearningRate = number | { readonly perImage: number };

/**
 * The rate of the code of arXiv 2408.17399 (as of ElasticFace, from which it comes): 0.1 for every 512 images of a batch, so that it is
 * 0.025 at that paper's batch of 128.
 */
export const PUBLISHED_RATE: LearningRate = { perImage: 0.1 / 512 };

/** The rate of a step, before the schedule. */
export function ratePerStep(rate: LearningRate, batch: number): number {
  return typeof rate === 'number' ? rate : rate.perImage * batch;
}

/** The option `learningRate` of an optimiser. @param source where the default comes from, a sentence */
export function rateOption(fallback: LearningRate, source: string): Option<LearningRate> {
  const perImage = 'Rate for each face of a batch: that of a step is `batch` times as large';
  return numberOrMap(
    `Before the schedule: the rate of every step, or \`{ perImage: r }\` for r times \`batch\`. ${source}`,
    { exclusiveMinimum: 0 },
    { perImage: number(perImage, { exclusiveMinimum: 0 }) },
    { default: fallback },
  );
}

/** The option `clip` of an optimiser: by default as in the code of arXiv 2408.17399, which does not clip those of the class centres. */
export function clipOption(): Option<number> {
  return number('Largest Euclidean norm of the gradients of the backbone; those of class centres are not clipped', {
    exclusiveMinimum: 0,
    default: 5,
  });
}
