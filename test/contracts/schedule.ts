import { describe, expect, test } from '@jest/globals';
import type { Schedule } from '../../src/learning/schedules/schedule';
import { defaultOptions } from './default-options';

/** The rules of the contract that a test can hold, for a member of the family. */
export function checkSchedule(name: string, schedule: Schedule): void {
  const options = defaultOptions(schedule.options);
  const rates = (base: number): number[] =>
    Array.from({ length: 120 }, (_, i) =>
      schedule.rate({ step: i + 1, epoch: Math.floor(i / 10), stepsAnEpoch: 10, epochs: 12 }, base, options),
    );

  describe(`the schedule ${name}`, () => {
    test('has a rate above 0 in every step, which is a function of the step', () => {
      expect(rates(0.1).filter(rate => !(rate > 0 && Number.isFinite(rate)))).toEqual([]);
      expect(rates(0.1)).toEqual(rates(0.1));
    });

    test('starts at the rate of the optimiser, or says why not', () => {
      if (schedule.startsAt === undefined) expect(rates(0.3)[0]).toBe(0.3);
      else expect(schedule.startsAt).toMatch(/\S/);
    });

    test('has nothing odd in its defaults', () => {
      expect(schedule.odd?.(options, { epochs: 12 }) ?? []).toEqual([]);
    });
  });
}
