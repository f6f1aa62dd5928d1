import { describe, expect, test } from '@jest/globals';
import {
  alternatives,
  alternativesTo,
  escapeInvisible,
  hasInvisible,
  quote,
  suggestion,
} from '../../../src/kit/text/quote';

describe('quote()', () => {
  test.each([
    ['cosine', '"cosine"'],
    ['say "a"', '"say \\"a\\""'],
    ['1', '"1"'],
    [1, '1'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'nothing'],
    [['a', 1], '["a",1]'],
    [{ a: 1 }, '{"a":1}'],
    ['顔 é', '"顔 é"'],
  ])('%j as %s', (value, text) => {
    expect(quote(value)).toBe(text);
  });

  test('clips what is long', () => {
    expect(quote('x'.repeat(1000))).toBe(`"${'x'.repeat(59)}…"`);
    expect(quote(Array.from({ length: 1000 }, () => 1))).toBe(`[${'1,'.repeat(29)}…`);
    expect(quote({ key: 'x'.repeat(1000) })).toHaveLength(60);
  });

  test('escapes what would act on a terminal or be invisible', () => {
    expect(quote('\u001b[31m\u009b\u007f')).toBe('"\\u001b[31m\\u009b\\u007f"');
    expect(quote('a\u202eb\u200bc\u2028d\ufeff')).toBe('"a\\u202eb\\u200bc\\u2028d\\ufeff"');
    expect(quote('a\nb\tc')).toBe('"a\\nb\\tc"');
  });
});

describe('escapeInvisible()', () => {
  test('keeps line ends and what can be seen', () => {
    expect(escapeInvisible('a\nb é 🙂')).toBe('a\nb é 🙂');
    expect(escapeInvisible('\t\r')).toBe('\\u0009\\u000d');
    // A format character outside the basic plane is two UTF-16 units.
    expect(escapeInvisible('\u{e0001}')).toBe('\\udb40\\udc01');
  });
});

describe('hasInvisible()', () => {
  test.each(['\u0000', '\n', '\u0085', '\u200d', '\u2029'])('finds %j', char => {
    expect(hasInvisible(`a${char}b`)).toBe(true);
  });
  test.each(['', 'a-b_c', 'é 顔'])('finds nothing in %j', text => {
    expect(hasInvisible(text)).toBe(false);
  });
});

describe('alternatives()', () => {
  test('joins words as a person would', () => {
    expect(alternatives([])).toBe('');
    expect(alternatives(['a'])).toBe('"a"');
    expect(alternatives(['a', 'b'])).toBe('"a" or "b"');
    expect(alternatives(['a', 'b', 'c'], 'and')).toBe('"a", "b" and "c"');
  });

  test('cuts a long list', () => {
    const words = Array.from({ length: 32 }, (_, i) => `w${i}`);
    expect(alternatives(words)).toMatch(/"w28", "w29" and 2 more$/);
  });
});

describe('alternativesTo()', () => {
  test('says what was probably meant, unless there is one only', () => {
    expect(alternativesTo('cosin', ['cosine', 'mse'])).toBe('"cosine" or "mse" (did you mean "cosine"?)');
    expect(alternativesTo('cosin', ['cosine'])).toBe('"cosine"');
  });
});

describe('suggestion()', () => {
  test('is a remark to append, or nothing', () => {
    expect(suggestion('cosin', ['cosine', 'mse'])).toBe(' (did you mean "cosine"?)');
    expect(suggestion('x', ['cosine', 'mse'])).toBe('');
  });
});
