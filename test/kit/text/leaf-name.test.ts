import { describe, expect, test } from '@jest/globals';
import { leafName, optionName } from '../../../src/kit/text/leaf-name';

describe('leafName()', () => {
  test.each([
    [['size'], 'size'],
    [['terms', 0, 'weights'], 'terms[0].weights'],
    [['a', 'b.c'], 'a["b.c"]'],
    [['a', 'b', 'c'], 'a.b.c'],
    [['a', 'b/c'], 'a["b/c"]'],
    [['a', '0'], 'a.0'],
    [['a', 0], 'a[0]'],
    [['a', '[0]'], 'a["[0]"]'],
    [['a', ''], 'a[""]'],
    [['a', '"'], 'a["\\""]'],
  ])('%j is %s', (pointer, name) => {
    expect(leafName(pointer)).toBe(name);
  });
});

describe('optionName()', () => {
  test('leaves out which item of a list it is', () => {
    expect(optionName(['folders', 1])).toBe('folders');
    expect(optionName(['terms', 1, 'weights'])).toBe('terms[1].weights');
    expect(optionName(['grid', 1, 2])).toBe('grid');
  });
});
