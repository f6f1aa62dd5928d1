import { describe, expect, test } from '@jest/globals';
import { createPool } from '../../../../src/learning/engines/onednn/pool';

const pool = () => createPool(length => new Float32Array(length));

describe('createPool()', () => {
  test('hands out what was given back, for the same length only', () => {
    const { take, give } = pool();
    const [a, b] = [take(1000), take(1000)];
    expect(a).not.toBe(b);
    give(a);
    expect(take(1001)).not.toBe(a);
    give(b);
    expect([take(1000), take(1000)]).not.toContain(take(1000));
  });

  test('counts what is used and what waits in bytes', () => {
    const { take, give, statistics } = pool();
    const a = take(1000);
    take(500);
    give(a);
    expect(statistics()).toEqual({ used: 2000, waiting: 4000, most: 6000 });
    expect(take(1000)).toBe(a);
    expect(statistics()).toEqual({ used: 6000, waiting: 0, most: 6000 });
  });

  test('never keeps more than was in use at once', () => {
    const { take, give, statistics } = pool();
    for (let length = 300; length < 400; length++) give(take(length));
    const { used, waiting, most } = statistics();
    expect(most).toBe(4 * 399);
    expect(used + waiting).toBeLessThanOrEqual(most);
  });

  test('drops what has waited longest', () => {
    const { take, give } = pool();
    const [old, young] = [take(1000), take(500)];
    give(old);
    give(young);
    // 1,500 were in use at once: with 700 more, 800 may wait.
    take(700);
    expect(take(500)).toBe(young);
    expect(take(1000)).not.toBe(old);
  });

  test('no longer counts what it is told to forget', () => {
    const { take, forget, statistics } = pool();
    forget(take(1000));
    expect(statistics()).toEqual({ used: 0, waiting: 0, most: 4000 });
  });
});
