import type { Axis } from './axes';
import { scaleFor } from './scale';

/** An axis of names: category i takes the stretch from i to i + 1, its name stands in the middle. */
export function categoryAxis(label: string, names: readonly string[]): Axis {
  return {
    label,
    scale: scaleFor([], { range: [0, Math.max(1, names.length)] }),
    ticks: names.map((name, i) => ({ value: i + 0.5, label: name })),
  };
}

/** Where the `index`-th of `count` series stands within category `category`, in the unit of the axis: centre and width of its slot. */
export function slotOf(category: number, index: number, count: number): { centre: number; width: number } {
  const width = 0.8 / Math.max(1, count);
  return { centre: category + 0.1 + width * (index + 0.5), width };
}
