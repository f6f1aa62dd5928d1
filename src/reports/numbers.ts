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

/** `90.12 – 93.40`; "–" for null. */
export function range(interval: readonly [number, number] | null, decimals = 2): string {
  return interval === null ? '–' : `${fixed(interval[0], decimals)} – ${fixed(interval[1], decimals)}`;
}

/** `+0.12 to +3.40`; "–" for null. */
export function signedRange(interval: readonly [number, number] | null): string {
  return interval === null ? '–' : `${signed(interval[0])} to ${signed(interval[1])}`;
}

/** A rate 0..1 as `12.34 %`. */
export function fixedPercent(rate: number | null, decimals = 2): string {
  return rate === null ? '–' : `${(100 * rate).toFixed(decimals)} %`;
}

function withoutMinusZero(text: string): string {
  return /^-0\.?0*$/.test(text) ? text.slice(1) : text;
}
