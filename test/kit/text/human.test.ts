import { describe, expect, test } from '@jest/globals';
import {
  formatAge,
  formatBytes,
  formatBytesApart,
  formatCount,
  formatSeconds,
  plural,
} from '../../../src/kit/text/human';

describe('formatSeconds()', () => {
  test('chooses the unit, and never shows 60 of a smaller one', () => {
    const cases: [number, string][] = [
      [0, '0.0 s'],
      [12.34, '12.3 s'],
      [59.94, '59.9 s'],
      [59.96, '1 min 00 s'],
      [245, '4 min 05 s'],
      [3599.4, '59 min 59 s'],
      [3599.6, '1 h 00 min'],
      [7380, '2 h 03 min'],
    ];
    for (const [seconds, text] of cases) expect([seconds, formatSeconds(seconds)]).toEqual([seconds, text]);
  });
});

describe('formatAge()', () => {
  test('chooses the unit', () => {
    const minute = 60_000;
    expect([0, 3 * minute, 120 * minute, 47 * 60 * minute, 120 * 60 * minute].map(formatAge)).toEqual([
      'just now',
      '3 min ago',
      '2 h ago',
      '47 h ago',
      '5 d ago',
    ]);
  });
});

describe('formatBytes()', () => {
  test('shows two or three digits', () => {
    expect([0, 512, 1234, 12_345, 999_600, 3.44e9, 5e12].map(formatBytes)).toEqual([
      '0 B',
      '512 B',
      '1.2 kB',
      '12.3 kB',
      '1.0 MB',
      '3.4 GB',
      '5.0 TB',
    ]);
  });
});

describe('formatBytesApart()', () => {
  test('tells two sizes apart', () => {
    expect(formatBytesApart(3e9, 1e9)).toEqual(['3.0 GB', '1.0 GB']);
    expect(formatBytesApart(2e9, 1_999_900_000)).toEqual(['2,000,000,000 bytes', '1,999,900,000 bytes']);
  });
});

describe('formatCount()', () => {
  test('groups thousands', () => {
    expect([0, 999, 1000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  });
});

describe('plural()', () => {
  test('knows one from many', () => {
    expect([plural(1, 'identity'), plural(2, 'identity')]).toEqual(['1 identity', '2 identities']);
    expect([plural(0, 'stage'), plural(1, 'stage'), plural(2000, 'stage')]).toEqual([
      '0 stages',
      '1 stage',
      '2,000 stages',
    ]);
  });
});
