import { describe, expect, test } from '@jest/globals';
import { formatDuration, parseDuration, parseSize } from '../../../src/kit/text/units';

describe('parseDuration()', () => {
  test.each([
    ['5s', 5],
    ['0s', 0],
    ['250ms', 0.25],
    ['1.5h', 5400],
    ['30m', 1800],
    ['1h30m', 5400],
    ['2d1ms', 172_800.001],
    ['0.9ms', 0],
    ['0.001s', 0.001],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
    expect(parseDuration(formatDuration(seconds))).toBe(seconds);
  });

  test.each([
    '',
    '5',
    's',
    '5 s',
    '-5s',
    '5S',
    '1m1h',
    '1h1h',
    '5s!',
    '1e3s',
    '.5s',
    '1.2.3s',
    '1h 30m',
    '１h',
    '1h\n',
    '1d-1h',
    'NaNs',
    'Infinityd',
    `${'1'.repeat(70)}s`,
  ])('%j is none', text => expect(parseDuration(text)).toBeUndefined());
});

describe('parseSize()', () => {
  test.each([
    ['4GB', 4e9],
    ['4GiB', 2 ** 32],
    ['1GiB', 1_073_741_824],
    ['1GB', 1_000_000_000],
    ['0B', 0],
    ['500MB', 5e8],
    ['1.5kB', 1500],
    ['12B', 12],
    ['0.9B', 0],
  ])('%s is %d bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each([
    '',
    '4',
    'GB',
    '4 GB',
    '4gb',
    '4G',
    '-4GB',
    '4GBs',
    '4Gib',
    '1.GB',
    '0x4GB',
    '4GB\n',
    `${'1'.repeat(70)}B`,
  ])('%j is none', text => expect(parseSize(text)).toBeUndefined());
});
