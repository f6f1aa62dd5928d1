import { describe, expect, test } from '@jest/globals';
import { composed, foldName, spelled } from '../../../src/kit/text/fold-name';

describe('foldName()', () => {
  test.each([
    ['Asian', 'asian'],
    ['Asian', ' Asian '],
    ['East Asian', 'East  Asian'],
    ['East Asian', 'East\u00a0Asian'],
    ['Zo\u00e9', 'Zoe\u0301'],
    ['\u01d5', 'U\u0308\u0304'],
    ['\ud55c\uad6d', '\u1112\u1161\u11ab\u1100\u116e\u11a8'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['Asian', 'As\u200bian'],
    ['Asian', '\ufeffAsian'],
    ['Ａsian', 'Asian'],
  ])('takes %j and %j for one', (a, b) => {
    expect(foldName(a)).toBe(foldName(b));
  });

  test.each([
    ['Asian', 'Indian'],
    ['Zoe', 'Zoé'],
    ['East Asian', 'EastAsian'],
    ['東アジア', '南アジア'],
    ['A', 'Å'],
    ['か', 'が'],
  ])('keeps %j and %j apart', (a, b) => {
    expect(foldName(a)).not.toBe(foldName(b));
  });
});

describe('composed() and spelled()', () => {
  test('compose, and show what cannot be seen', () => {
    expect(composed('Zoe\u0301')).toBe('Zo\u00e9');
    expect(spelled('Zo\u00e9')).toBe('"Zo\u00e9"');
    expect(spelled('Zoe\u0301')).toBe('"Zoe\\u0301"');
    expect(spelled('Asian ')).toBe('"Asian "');
    expect(spelled('As\u200bian\u00a0')).toBe('"As\\u200bian\\u00a0"');
  });
});
