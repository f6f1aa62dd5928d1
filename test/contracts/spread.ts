import { describe, expect, test } from '@jest/globals';
import type { GroupValue, Spread } from '../../src/evaluation/spreads/spread';

/** What every spread of the family keeps to, whatever it says of groups. */
export function checkSpread(name: string, { label, definition, least, measure }: Spread): void {
  describe(`spread ${name}`, () => {
    const groups = groupsOf(90, 94, 96, 96);

    test('says what it is', () => {
      expect(label).toMatch(/^\S.{1,19}$/);
      expect(definition).toMatch(/^.{20,}[^.]$/s);
    });

    test('does not depend on the order of the groups', () => {
      expect(measure([...groups].reverse())).toEqual(measure(groups));
    });

    test('is a finite number, of as few groups as it says too, and of equal groups', () => {
      for (const some of [groups, groups.slice(0, least), groupsOf(90, 90)])
        expect(Number.isFinite(measure(some).value)).toBe(true);
    });

    test('gives a number or a reason for groups without errors', () => {
      const spreading = measure(groupsOf(100, 100, 90));
      if (spreading.value === null) expect(spreading.reason).toMatch(/\S/);
      else expect(Number.isFinite(spreading.value)).toBe(true);
    });
  });
}

/** Percent, of which 100 is the best. */
export function groupsOf(...values: readonly number[]): GroupValue[] {
  return values.map((value, i) => ({ group: 'ABCD'[i]!, value, error: 100 - value }));
}
