import { integer, list, number, object, type TypeOf } from '../../kit/options';
import type { Schedule } from './schedule';

const MILESTONES = [8, 11];

const options = object('A rate that falls at milestones', {
  milestones: list(
    'Epochs, counted from 0, at whose start the learning rate is multiplied by gamma',
    integer('From 1', { minimum: 1 }),
    { uniqueItems: true, default: MILESTONES },
  ),
  gamma: number('Factor on the learning rate at a milestone', {
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.1,
  }),
});

/**
 * base * gamma ^ (how many milestones are <= epoch), epochs counted from 0. Milestones [8, 14] give eight epochs at the full rate. (The code
 * of arXiv 2408.17399 compares with `milestone - 1`, so its [8, 14, 20, 25] is [7, 13, 19, 24] here.)
 */
export const steps: Schedule<TypeOf<typeof options>> = {
  summary: 'Multiplies the rate by gamma at the start of each milestone',
  options,
  rate: ({ epoch }, base, { milestones, gamma }) =>
    base * gamma ** milestones.filter(milestone => milestone <= epoch).length,
  /** Those of the default are nobody's mistake: one epoch needs none, and `gamma: 1` alone says that the rate is to stay. */
  odd({ milestones, gamma }, { epochs }) {
    if (String(milestones) === String(MILESTONES)) return [];
    const late = milestones.filter(milestone => milestone >= epochs);
    const reached = milestones.filter(milestone => milestone < epochs);
    return [
      ...(late.length > 0
        ? [
            `milestones ${late.join(', ')} that are never reached: the last of ${epochs} epochs is number ${epochs - 1}, because milestones are ` +
              'epochs, not steps, and count from 0',
          ]
        : []),
      ...(gamma === 1 && reached.length > 0
        ? [`gamma 1, which leaves the learning rate as it is at its milestones ${reached.join(', ')}: 0.1 is usual`]
        : []),
    ];
  },
};
