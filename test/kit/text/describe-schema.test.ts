import { describe, expect, test } from '@jest/globals';
import { describeSchema } from '../../../src/kit/text/describe-schema';

describe('describeSchema()', () => {
  test.each([
    [{ type: 'integer' }, 'an integer'],
    [{ type: 'integer', minimum: 0 }, 'an integer of at least 0'],
    [{ type: 'integer', maximum: 9 }, 'an integer of at most 9'],
    [{ type: 'number', minimum: 0, maximum: 1 }, 'a number from 0 to 1'],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'a number of at most 1 above 0'],
    [{ type: 'integer', multipleOf: 8, exclusiveMaximum: 65 }, 'an integer below 65 that is a multiple of 8'],
    [{ type: 'string' }, 'a string'],
    [{ type: 'string', minLength: 1 }, 'a string that is not empty'],
    [{ type: 'string', pattern: '^a' }, 'a string that matches ^a'],
    [{ type: 'string', pattern: '\\S' }, 'a string that is not blank'],
    [{ type: 'string', format: 'input-path' }, 'a path of a file or folder'],
    [{ type: 'boolean' }, 'true or false'],
    [{ enum: ['a', 'b'] }, 'one of "a" or "b"'],
    [{ type: 'string', enum: ['a', 'b', 'c'] }, 'one of "a", "b" or "c"'],
    [{ enum: [1, 'a'] }, 'one of 1, "a"'],
    [{ enum: ['a'] }, '"a"'],
    [{ const: 0 }, '0'],
    [{ type: ['number', 'null'], minimum: 0 }, 'a number of at least 0 or null'],
    [{ anyOf: [{ const: 'auto' }, { type: 'integer' }] }, '"auto" or an integer'],
    [{ oneOf: [{ type: 'string' }, { type: 'boolean' }] }, 'a string or true or false'],
    [{ type: 'array' }, 'a list'],
    [{ type: 'array', items: { type: 'integer' } }, 'a list, each an integer'],
    [{ type: 'array', minItems: 1 }, 'a list of at least 1'],
    [{ type: 'array', minItems: 2, maxItems: 3 }, 'a list of 2 to 3'],
    [{ type: 'array', maxItems: 3, uniqueItems: true }, 'a list of 0 to 3 without repetitions'],
    [{ type: 'object' }, 'a map'],
    [
      { type: ['number', 'object'], exclusiveMinimum: 0, required: ['perImage'] },
      'a number above 0 or a map with "perImage"',
    ],
    [{}, 'any value'],
  ])('%j is %s', (schema, words) => {
    expect(describeSchema(schema)).toBe(words);
  });
});
