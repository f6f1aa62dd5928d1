import type { Distances } from '../metrics/distances';

/** Places for a threshold that a draw chooses from; with fewer pairs every gap between two distances is one. */
const MOST_PLACES = 512;

/**
 * The accuracy by folds of draws of the same pairs: thresholds are chosen on the other folds of the draw, as `tenFoldAccuracy` does
 * on the list. Pairs are sorted once; a draw costs one pass over the pairs and one over the places of each fold.
 * @returns from the percentage points that each pair has in a draw (0 for one that is not in it) to the accuracy in percent
 */
export function prepareReplicates({ distances, genuine, folds }: Distances): (shares: Float64Array) => number {
  const { placeOf, widths } = placesOf(distances);
  const numbers = [...new Set(Array.from(folds))].sort((a, b) => a - b);
  const rowOf = Uint32Array.from(folds, (fold, i) => numbers.indexOf(fold) * widths.length + placeOf[i]! + 1);
  const own = new Float64Array(numbers.length * widths.length);
  const all = new Float64Array(widths.length);
  return shares => {
    own.fill(0);
    all.fill(0);
    // own[fold][place]: what is right when the pairs before `place` match; first as steps from place to place.
    for (let i = 0; i < shares.length; i++) {
      const share = shares[i]!;
      if (genuine[i] === 1) own[rowOf[i]!]! += share;
      else {
        own[rowOf[i]!]! -= share;
        own[rowOf[i]! - placeOf[i]! - 1]! += share;
      }
    }
    for (let fold = 0, at = 0; fold < numbers.length; fold++) {
      let right = 0;
      for (let place = 0; place < widths.length; place++, at++) {
        right += own[at]!;
        own[at] = right;
        all[place]! += right;
      }
    }
    let accuracy = 0;
    for (let fold = 0; fold < numbers.length; fold++) accuracy += own[bestPlace(all, own, fold, widths)]!;
    return accuracy;
  };
}

/** Where most of the other folds is right; of places that are equally good the widest. An index into `own`. */
function bestPlace(all: Float64Array, own: Float64Array, fold: number, widths: Float64Array): number {
  const start = fold * widths.length;
  let best = 0;
  let most = -Infinity;
  for (let place = 0; place < widths.length; place++) {
    const right = all[place]! - own[start + place]!;
    // Sums of shares differ in the last digits although the pairs are equally many.
    if (right < most - 1e-9 || (right <= most + 1e-9 && widths[place]! <= widths[best]!)) continue;
    most = right > most ? right : most;
    best = place;
  }
  return start + best;
}

/**
 * Parts the pairs at gaps between distances, into parts of about equally many. `placeOf` is the part by pair; `widths` has the gap
 * before each part and one after the last; the two ends are no gaps.
 */
function placesOf(distances: ArrayLike<number>): { placeOf: Uint32Array; widths: Float64Array } {
  const order = Uint32Array.from(distances, (_, i) => i).sort((p, q) => distances[p]! - distances[q]!);
  const placeOf = new Uint32Array(order.length);
  const widths = [-1];
  const each = Math.ceil(order.length / MOST_PLACES);
  let inPart = 0;
  order.forEach((pair, rank) => {
    const gap = rank === 0 ? 0 : distances[pair]! - distances[order[rank - 1]!]!;
    // Tied pairs stay together.
    if (inPart >= each && gap > 0) {
      widths.push(gap);
      inPart = 0;
    }
    placeOf[pair] = widths.length - 1;
    inPart++;
  });
  return { placeOf, widths: Float64Array.from([...widths, -1]) };
}
