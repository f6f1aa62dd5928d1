import { describe, expect, test } from '@jest/globals';
import { createMemoryGuard, type Excess } from '../../../src/workflow/executors/memory-guard';

/** Three processes beside a program that uses 10; the last has a limit of its own. What each was ended with is noted. */
function three(common: number | undefined) {
  const guard = createMemoryGuard(common, () => 10);
  const ended: Record<string, Excess[]> = {};
  const start = (name: string, limit?: number) =>
    guard.watch({ limit, end: excess => void (ended[name] ??= []).push(excess) });
  return { ended, a: start('a'), b: start('b'), own: start('own', 50) };
}

describe('createMemoryGuard()', () => {
  test('leaves processes alone that are within the limits, just so', () => {
    const { ended, a, b, own } = three(100);
    own.take(50);
    a.take(20);
    b.take(20);
    expect(ended).toEqual({});
  });

  test('ends the largest of those that share the common limit, whoever has crossed it', () => {
    const { ended, a, b } = three(100);
    a.take(60);
    b.take(31);
    expect(ended).toEqual({ a: [{ used: 60, limit: 100, beside: 41 }] });
  });

  test('ends the next one only when the memory of the first is free', () => {
    const { ended, a, b } = three(100);
    a.take(60);
    b.take(50);
    a.take(70);
    b.take(59);
    expect(Object.keys(ended)).toEqual(['a']);
    expect(ended['a']).toHaveLength(1);
    a.release();
    b.take(90);
    expect(Object.keys(ended)).toEqual(['a']);
    b.take(91);
    expect(ended['b']).toEqual([{ used: 91, limit: 100, beside: 10 }]);
  });

  test('ends one with a limit of its own at that limit, and never for the common one', () => {
    const { ended, a, own } = three(100);
    own.take(50);
    a.take(41);
    expect(ended).toEqual({ a: [{ used: 41, limit: 100, beside: 60 }] });
    own.take(51);
    own.take(52);
    expect(ended['own']).toEqual([{ used: 51, limit: 50 }]);
    const alone = createMemoryGuard(100, () => 0).watch({ limit: 500, end: () => expect('ended').toBe('left alone') });
    alone.take(400);
  });

  test('ends nothing without a common limit, but for own ones', () => {
    const { ended, a, own } = three(undefined);
    a.take(1e15);
    expect(ended).toEqual({});
    own.take(51);
    expect(Object.keys(ended)).toEqual(['own']);
  });
});
