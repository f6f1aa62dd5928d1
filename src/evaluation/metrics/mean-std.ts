/** NaN when there are no values. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation with divisor n - ddof; NaN when that is not positive. */
export function stdOf(values: readonly number[], ddof: 0 | 1): number {
  if (values.length <= ddof) return NaN;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - ddof));
}
