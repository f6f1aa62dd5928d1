import type { Scale } from './scale';

export interface Tick {
  readonly value: number;
  /** Empty for a grid line between labelled ones. */
  readonly label: string;
}

/** Round values on the axis, in rising order; about `wanted` of them carry a label. */
export function ticksOf(scale: Scale, wanted = 6): Tick[] {
  return scale.log ? logTicks(scale, wanted) : linearTicks(scale, wanted);
}

function linearTicks({ min, max }: Scale, wanted: number): Tick[] {
  const step = roundStep((max - min) / wanted);
  const ticks: Tick[] = [];
  // Counted in steps, not added up: 0.1 + 0.2 would show.
  for (let k = Math.ceil(min / step - 1e-9); k <= max / step + 1e-9; k++) {
    const value = k * step;
    ticks.push({ value, label: tickLabel(value, step) });
  }
  return ticks;
}

function logTicks(scale: Scale, wanted: number): Tick[] {
  const first = Math.floor(Math.log10(scale.min));
  const last = Math.ceil(Math.log10(scale.max));
  const decades = Math.log10(scale.max / scale.min);
  const every = Math.max(1, Math.ceil(decades / wanted));
  const labelled = decades < 1.5 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  for (let power = first; power <= last; power++) {
    for (const digit of every > 1 ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      // Read from text: 10 ** -5 is not the number nearest to 0.00001.
      const value = Number(`${digit}e${power}`);
      if (value < scale.min * (1 - 1e-9) || value > scale.max * (1 + 1e-9)) continue;
      const shown = labelled.includes(digit) && power % every === 0;
      ticks.push({ value, label: shown ? tickLabel(value, value) : '' });
    }
  }
  // Less than an octave: powers of ten say nothing there.
  return ticks.filter(tick => tick.label !== '').length >= 2 ? ticks : linearTicks(scale, wanted);
}

/** The least of 1, 2, 5 times a power of ten that is not below `atLeast`. */
function roundStep(atLeast: number): number {
  const power = Math.floor(Math.log10(atLeast));
  const digit = [1, 2, 5, 10].find(d => Number(`${d}e${power}`) >= atLeast * (1 - 1e-9)) ?? 10;
  return Number(`${digit}e${power}`);
}

/** As many digits as it takes to tell values one `step` apart. */
function tickLabel(value: number, step: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const finest = Math.floor(Math.log10(step) + 1e-9);
  if (size < 1e6 && size >= 1e-4) return value.toFixed(Math.max(0, Math.min(12, -finest)));
  const digits = Math.max(1, Math.min(15, Math.floor(Math.log10(size) + 1e-9) - finest + 1));
  // By way of a number, which drops trailing zeros: 1e-5, not 1.0e-5.
  return Number(value.toPrecision(digits)).toExponential().replace('e+', 'e');
}
