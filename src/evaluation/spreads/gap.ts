import type { Spread } from './spread';

export const gap: Spread = {
  summary: 'difference between the highest and the lowest group',
  label: 'Max − min',
  definition: 'highest minus lowest value of the groups',
  unit: 'of the metric',
  least: 2,
  measure: groups => {
    const values = groups.map(({ value }) => value);
    return { value: Math.max(...values) - Math.min(...values) };
  },
};
