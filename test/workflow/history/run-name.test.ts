import { describe, expect, test } from '@jest/globals';
import { isRunId, runName, runId } from '../../../src/workflow/history/run-name';
import { ADJECTIVES, ANIMALS } from '../../../src/workflow/history/words';

const NOW = Date.parse('2026-11-24T10:15:00.999Z');

describe('runId()', () => {
  test('is the time in UTC and two words', () => {
    expect(runId(NOW, '00000000')).toBe(`20261124-101500-${ADJECTIVES[0]!}-${ANIMALS[0]!}`);
    expect(isRunId(runId(NOW, 'ffffffff'))).toBe(true);
    expect(runId(0, '00000000')).toMatch(/^19700101-000000-/);
  });

  test('reaches every pair of words', () => {
    const pairs = ADJECTIVES.length * ANIMALS.length;
    const names = Array.from({ length: pairs }, (_, n) => runName(runId(NOW, n.toString(16).padStart(8, '0'))));
    expect(new Set(names).size).toBe(pairs);
  });

  test('sorts by time', () => {
    const ids = [0, 1000, 60_000, 86_400_000, 31_536_000_000].map(ms => runId(NOW + ms, 'abcdef01'));
    expect([...ids].sort()).toEqual(ids);
  });

  test('refuses what is not hexadecimal, as a defect of ours', () => {
    expect(() => runId(NOW, 'otter')).toThrow('Internal error');
  });
});

describe('nameOf()', () => {
  test('is what people say', () => {
    expect(runName('20261124-101500-amber-otter')).toBe('amber-otter');
    expect(runName('something')).toBe('something');
  });
});

describe('the words', () => {
  test('are many, all different, and lower-case letters only', () => {
    expect(Math.min(ADJECTIVES.length, ANIMALS.length)).toBeGreaterThanOrEqual(64);
    const all = [...ADJECTIVES, ...ANIMALS];
    expect(new Set(all).size).toBe(all.length);
    expect(all.filter(word => !/^[a-z]{2,10}$/.test(word))).toEqual([]);
  });
});
