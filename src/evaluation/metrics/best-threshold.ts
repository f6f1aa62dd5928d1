import type { Distances } from './distances';

/**
 * A search for the threshold that decides most pairs rightly, as fine as the scores: every way to part the pairs is tried. A grid
 * would not see a model whose distances all lie between two of its steps.
 */
export interface ThresholdSearch {
  /**
   * The best squared L2 distance for the pairs that `counts` takes; a pair matches when its distance is smaller. It lies in the
   * middle between two distances, so that it serves other pairs too. Of gaps that are equally good the widest is taken, then the
   * first; to match no pair or every pair only where nothing else is as good. Undefined without pairs.
   */
  best(counts: (pair: number) => boolean): number | undefined;
}

/** Sorts the pairs once, for any number of searches among them. */
export function searchThreshold({ distances, genuine }: Distances): ThresholdSearch {
  const order = Uint32Array.from(distances, (_, i) => i).sort((a, b) => distances[a]! - distances[b]!);
  return {
    best: counts => {
      const taken = order.filter(counts);
      if (taken.length === 0) return undefined;
      let right = taken.reduce((sum, pair) => sum + (genuine[pair] === 1 ? 0 : 1), 0);
      const nearest = distances[taken[0]!]!;
      let best: Gap = { right, width: -1, threshold: between(0, nearest) };
      taken.forEach((pair, rank) => {
        right += genuine[pair] === 1 ? 1 : -1;
        const [near, far] = [distances[pair]!, rank + 1 < taken.length ? distances[taken[rank + 1]!]! : undefined];
        // Tied pairs are decided together.
        if (far === near) return;
        const gap = far === undefined ? { right, width: -1, threshold: beyond(near) } : gapOf(right, near, far);
        if (gap.right > best.right || (gap.right === best.right && gap.width > best.width)) best = gap;
      });
      return best.threshold;
    },
  };
}

interface Gap {
  /** Pairs that a threshold in this gap decides rightly. */
  readonly right: number;
  /** Below 0 for the two ends, which lose every tie. */
  readonly width: number;
  readonly threshold: number;
}

/** Unit vectors are at most this far apart, squared. */
const FARTHEST = 4;

function gapOf(right: number, near: number, far: number): Gap {
  return { right, width: far - near, threshold: between(near, far) };
}

/** Above `near` and at most `far`, where the middle of two neighbouring numbers rounds to one of them. */
function between(near: number, far: number): number {
  const middle = near + (far - near) / 2;
  return middle > near ? middle : far;
}

/** A threshold above every distance up to `last`. */
function beyond(last: number): number {
  return last < FARTHEST ? between(last, FARTHEST) : last + 1;
}
