import { describe, expect, test } from '@jest/globals';
import { canonicalJson } from '../../../src/kit/text/canonical-json';

describe('canonicalJson()', () => {
  test('is equal for equal values in another order, and JSON', () => {
    const text = '{"a":[1,{"b":null,"c":"é\\n"}],"z":true}';
    expect(canonicalJson({ z: true, a: [1, { c: 'é\n', b: null }] })).toBe(text);
    expect(JSON.parse(text)).toEqual({ a: [1, { b: null, c: 'é\n' }], z: true });
  });

  test('sorts keys by code unit, not by language', () => {
    expect(canonicalJson({ ä: 1, b: 2, B: 3, 10: 4, 9: 5 })).toBe('{"10":4,"9":5,"B":3,"b":2,"ä":1}');
  });

  test('leaves out members that are undefined, and keeps the order of lists', () => {
    expect(canonicalJson({ a: undefined, b: [] })).toBe('{"b":[]}');
    expect(canonicalJson([2, 1])).toBe('[2,1]');
  });

  test('writes equal numbers equally', () => {
    expect(canonicalJson([1.0, -0, 1e21, 0.1])).toBe('[1,0,1e+21,0.1]');
  });

  test('refuses what JSON would silently turn into something else', () => {
    for (const value of [NaN, Infinity, undefined, () => 1, Symbol('s'), 1n, [undefined]]) {
      expect(() => canonicalJson(value)).toThrow(/as JSON/);
    }
  });
});
