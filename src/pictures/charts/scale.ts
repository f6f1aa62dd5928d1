/** Maps values of an axis to places on it. */
export interface Scale {
  readonly log: boolean;
  /** First and last value of the axis; `min < max`, both finite, both above 0 when `log`. */
  readonly min: number;
  readonly max: number;
  /** Share of the axis before `value`: 0 at `min`, 1 at `max`. */
  at(value: number): number;
}

export interface ScaleOptions {
  readonly log?: boolean | undefined;
  /** First and last value; taken from the values where it is missing or not a proper range. */
  readonly range?: readonly [number, number] | undefined;
  /** Room beyond the outermost values as a share of the axis, on both sides. */
  readonly padding?: number;
}

/** Whether a value has a place on an axis: finite, not absurdly large (a loss that ran away), above 0 when `log`. */
export function isDrawable(value: number, log = false): boolean {
  return Number.isFinite(value) && Math.abs(value) < 1e150 && (!log || value > 1e-150);
}

/** The scale that shows all drawable values; 0 to 1 (0.1 to 1 when `log`) when there are none. */
export function scaleFor(values: Iterable<number>, { log = false, range, padding = 0 }: ScaleOptions = {}): Scale {
  if (range && range.every(end => isDrawable(end, log)) && range[0] < range[1])
    return makeScale(range[0], range[1], log);
  let min = Infinity;
  let max = -Infinity;
  for (const value of values) {
    if (!isDrawable(value, log)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) return makeScale(log ? 0.1 : 0, 1, log);
  return log ? padLog(min, max, padding) : padLinear(min, max, padding);
}

function padLinear(min: number, max: number, padding: number): Scale {
  // A span that drowns in rounding (or is zero) is widened, so that ticks are numbers that differ.
  const least = Math.max(Math.abs(min), Math.abs(max)) * 1e-9;
  if (max - min <= least) {
    const half = Math.abs(min) * 0.1 || 0.5;
    return makeScale(min - half, max + half, false);
  }
  const room = (max - min) * padding;
  // Room must not make a quantity that is never negative look as if it could be.
  return makeScale(min >= 0 ? Math.max(0, min - room) : min - room, max + room, false);
}

function padLog(min: number, max: number, padding: number): Scale {
  if (max / min < 1 + 1e-9) return makeScale(min / 2, max * 2, true);
  const room = (max / min) ** padding;
  return makeScale(min / room, max * room, true);
}

function makeScale(min: number, max: number, log: boolean): Scale {
  const first = log ? Math.log10(min) : min;
  const span = (log ? Math.log10(max) : max) - first;
  return { log, min, max, at: value => ((log ? Math.log10(value) : value) - first) / span };
}
