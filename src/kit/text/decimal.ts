/** A number that is written in decimal digits; NaN for anything else. `Number` would take 0x10 and 0b1 too, which are no measured values. */
export function decimal(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) && Number.isFinite(Number(text)) ? Number(text) : NaN;
}
