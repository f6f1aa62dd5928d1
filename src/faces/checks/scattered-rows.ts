import { faceOf, type StandardFaces } from './mean-correlation';

/**
 * The share of rows that fit their photographs no better than rows of other photographs do, 0 to about 1. A row that is right cuts out a
 * face that is more like the mean of the others than what exchanged rows cut out of the same photograph: the share of exchanged rows
 * that do better is near 0. Of a wrong row it is uniform between 0 and 1, with mean 1/2. So twice the mean over all rows is the share of
 * wrong ones, and what right ones add (as Storey 2002 counts true null hypotheses).
 * @param exchanged the same photographs by rows of others, any number of times
 */
export function shareOfOthers(own: StandardFaces, exchanged: readonly StandardFaces[]): number {
  const sum = new Float64Array(faceOf(own, 0).length);
  for (let i = 0; i < own.count; i++) faceOf(own, i).forEach((value, k) => (sum[k]! += value));
  let better = 0;
  for (let i = 0; i < own.count; i++) {
    const face = faceOf(own, i);
    const others = sum.map((value, k) => value - face[k]!);
    const likeness = dot(face, others);
    better += exchanged.filter(faces => dot(faceOf(faces, i), others) > likeness).length;
  }
  return (2 * better) / (own.count * exchanged.length);
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < one.length; k++) sum += one[k]! * other[k]!;
  return sum;
}
