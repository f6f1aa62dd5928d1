/**
 * Places for things in a row: as near as possible (least squares) to where each wants to be, in the given order, neighbours at least
 * `apart[i]` from centre to centre (`apart[0]` does not count), all within the bounds. Whole numbers stay whole. When there is too little
 * room the last ones go beyond the upper bound.
 */
export function placeApart(
  wanted: readonly number[],
  apart: readonly number[],
  bounds: { readonly low: number; readonly high: number },
): number[] {
  const offsets: number[] = [];
  for (let i = 0; i < wanted.length; i++) offsets.push(i === 0 ? 0 : offsets[i - 1]! + apart[i]!);
  const high = Math.max(bounds.low, bounds.high - (offsets.at(-1) ?? 0));
  const free = isotonic(wanted.map((want, i) => want - offsets[i]!));
  return free.map((value, i) => Math.round(Math.min(high, Math.max(bounds.low, value))) + offsets[i]!);
}

/** The nearest sequence that never falls (pool adjacent violators). */
function isotonic(values: readonly number[]): number[] {
  const pools: { sum: number; count: number }[] = [];
  for (const value of values) {
    let pool = { sum: value, count: 1 };
    for (let last = pools.at(-1); last && last.sum / last.count > pool.sum / pool.count; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count };
    }
    pools.push(pool);
  }
  return pools.flatMap(({ sum, count }) => Array<number>(count).fill(sum / count));
}
