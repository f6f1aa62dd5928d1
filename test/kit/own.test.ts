import { describe, expect, test } from '@jest/globals';
import { own } from '../../src/kit/own';

describe('own()', () => {
  test.each(['constructor', 'toString', '__proto__'])('finds %s only where it was put there', name => {
    expect(own<unknown>({ a: 1 }, name)).toBeUndefined();
    expect(own<unknown>(Object.fromEntries([[name, 1]]), name)).toBe(1);
    expect(own<unknown>(JSON.parse(`{"${name}": 2}`) as Record<string, unknown>, name)).toBe(2);
  });
});
