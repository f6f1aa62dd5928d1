import { expect, test } from '@jest/globals';
import { SCHEDULES } from '../../../src/learning/schedules';
import type { Schedule } from '../../../src/learning/schedules/schedule';
import { steps } from '../../../src/learning/schedules/steps';
import { checkSchedule } from '../../contracts/schedule';

for (const [name, schedule] of Object.entries<Schedule>(SCHEDULES.members)) checkSchedule(name, schedule);

test('steps drops at the start of each milestone, epochs counted from 0', () => {
  const rates = [0, 1, 2, 3, 4].map(epoch =>
    steps.rate({ step: 10 * epoch + 1, epoch, stepsAnEpoch: 10, epochs: 5 }, 0.5, { milestones: [2, 4], gamma: 0.1 }),
  );
  for (const [epoch, wanted] of [0.5, 0.5, 0.05, 0.05, 0.005].entries()) expect(rates[epoch]).toBeCloseTo(wanted, 12);
});
