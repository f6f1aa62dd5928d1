/** A dimension of a loop over two arrays: its size, and how far apart neighbours lie in either. */
export type Dimension = readonly [size: number, stepA: number, stepB: number];

/** What the addon takes. */
const MOST_DIMENSIONS = 8;

/**
 * The loop for the addon, outer dimensions first, with neighbours joined where they are one run on both sides. Undefined where
 * too many are left.
 */
export function loopOf(dimensions: readonly Dimension[]): Int32Array | undefined {
  const joined: Dimension[] = [];
  for (const [size, stepA, stepB] of dimensions) {
    if (size === 1) continue;
    const outer = joined.at(-1);
    if (outer && outer[1] === stepA * size && outer[2] === stepB * size) {
      joined[joined.length - 1] = [outer[0] * size, stepA, stepB];
    } else {
      joined.push([size, stepA, stepB]);
    }
  }
  if (joined.length > MOST_DIMENSIONS) return undefined;
  return Int32Array.from(joined.length === 0 ? [1, 1, 1] : joined.flat());
}

/** Row-major steps of a shape, the last 1. */
export function stepsOf(shape: readonly number[]): number[] {
  const steps = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * shape[i + 1]!;
  return steps;
}

/** The loop over two arrays that are broadcast to `shape`; undefined where it is too deep. */
export function broadcastLoop(
  a: readonly number[],
  b: readonly number[],
  shape: readonly number[],
): Int32Array | undefined {
  const stepsA = broadcastSteps(a, shape.length);
  const stepsB = broadcastSteps(b, shape.length);
  return loopOf(shape.map((size, i): Dimension => [size, stepsA[i]!, stepsB[i]!]));
}

function broadcastSteps(shape: readonly number[], rank: number): number[] {
  const steps = stepsOf(shape).map((step, i) => (shape[i] === 1 ? 0 : step));
  return [...Array.from({ length: rank - shape.length }, () => 0), ...steps];
}
