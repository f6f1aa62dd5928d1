import type { Random } from '../../../kit/math/random';
import type { Batch } from '../batch';

/** Which of how many equal parts of a batch. */
export interface Part {
  /** From 0. */
  readonly index: number;
  readonly count: number;
}

/** A part of a batch in memory of its own; but `samples` and `mirrored` are those of the whole, for who must name its faces. */
export function shardOf({ count, pixels, labels, teacher, ...whole }: Batch, part: Part): Batch {
  return {
    ...whole,
    count: count / part.count,
    pixels: partOf(pixels, part),
    labels: partOf(labels, part),
    ...(teacher && { teacher: partOf(teacher, part) }),
  };
}

/** A copy of one of equal parts. */
export function partOf<T extends Float32Array | Int32Array>(values: T, { index, count }: Part): T {
  const length = values.length / count;
  return values.slice(index * length, (index + 1) * length) as T;
}

/**
 * Draws for a part what one process draws for these rows: of every mask over a whole batch only the values of the part.
 * @param sizes of the masks of the part, in the order in which they are drawn. Throws a RangeError when more is drawn.
 */
export function randomOfPart(random: Random, { index, count }: Part, sizes: readonly number[]): Random {
  const remaining = [...sizes];
  const skip = (draws: number): void => {
    for (let i = 0; i < draws; i++) random.uniform();
  };
  let [size, left] = [0, 0];
  return {
    ...random,
    uniform() {
      if (left === 0) {
        // Of the other parts, behind this one in the mask before and ahead of it in the next.
        skip(size * (count - 1 - index));
        const next = remaining.shift();
        if (next === undefined) throw new RangeError('A replica draws more than its masks');
        skip(next * index);
        size = left = next;
      }
      left--;
      return random.uniform();
    },
  };
}
