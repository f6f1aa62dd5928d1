/** `91.20`, for percent, percentage points and ratios; "–" for null. */
export function fixed(value: number | null, decimals = 2): string {
  return value === null ? '–' : withoutMinusZero(value.toFixed(decimals));
}

/** `+1.25`, `−0.30`, `0.00`: a difference. */
export function signed(value: number | null, decimals = 2): string {
  if (value === null) return '–';
  const text = withoutMinusZero(value.toFixed(decimals));
  return text.startsWith('-') ? `−${text.slice(1)}` : Number(text) === 0 ? text : `+${text}`;
}

/** A rate 0..1 as `12.34 %`. */
export function percent(rate: number | null, decimals = 2): string {
  return rate === null ? '–' : `${(100 * rate).toFixed(decimals)} %`;
}

/** The values that are best as they are printed, so that equal numbers are marked alike. Nothing when there is nothing to choose. */
export function bestOf(values: readonly (number | null)[], better: 'higher' | 'lower'): ReadonlySet<number> {
  const printed = values.map(value => (value === null ? null : Number(value.toFixed(2))));
  const known = printed.filter(value => value !== null);
  if (known.length < 2) return new Set();
  const best = better === 'higher' ? Math.max(...known) : Math.min(...known);
  return new Set(printed.flatMap((value, i) => (value === best ? [i] : [])));
}

function withoutMinusZero(text: string): string {
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}
