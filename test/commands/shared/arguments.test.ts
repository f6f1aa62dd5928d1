import { describe, expect, test } from '@jest/globals';
import { duration, size } from '../../../src/commands/shared/arguments';

describe('arguments of commands', () => {
  test.each([
    ['30d', 2_592_000_000],
    ['90m', 5_400_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
    ['250ms', 250],
  ])('%s is %d milliseconds', (text, milliseconds) => expect(duration(text)).toBe(milliseconds));

  test.each([
    ['20GB', 20e9],
    ['1GiB', 2 ** 30],
    ['500MB', 5e8],
    ['0B', 0],
  ])('%s is %d bytes', (text, bytes) => expect(size(text)).toBe(bytes));

  test('say how to write what they refuse', () => {
    for (const text of ['', '30', '1m1h', '-1d', '1h 30m'])
      expect(() => duration(text)).toThrow('It must be a duration such as 5s, 30m, 1h30m or 2d');
    for (const text of ['', '20', '20 GB', '20gb', '20G', '-1GB'])
      expect(() => size(text)).toThrow('It must be a size such as 500MB, 4GB or 4GiB');
  });
});
