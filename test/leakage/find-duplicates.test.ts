import { describe, expect, test } from '@jest/globals';
import { findNumber, numberWriter, readContents } from '../../src/leakage/face-contents';
import { openFaceSet } from '../../src/data/face-set';
import { DUPLICATE, findDuplicates } from '../../src/leakage/find-duplicates';
import { seededRandom } from '../../src/kit/math/random';
import { digest, writeContents } from '../helpers/face-set';

const numbers = (...values: number[]): BigUint64Array => BigUint64Array.from(values, BigInt);
const { repeated, pixels, photograph } = DUPLICATE;

describe('findDuplicates()', () => {
  test('tells pictures of one person from pictures of several, by pixels and by file', () => {
    const contents = {
      //              0  1  2  3  4  5  6  7
      pixels: numbers(7, 7, 9, 9, 1, 2, 3, 4),
      photographs: numbers(0, 0, 0, 0, 8, 8, 6, 6),
    };
    const people = Int32Array.of(0, 0, 1, 2, 3, 4, 5, 5);
    const expected = [repeated, repeated, pixels, pixels, photograph, photograph, repeated, repeated];
    expect([...findDuplicates(contents, people)]).toEqual(expected);
  });

  test('takes every face of a picture for shared as soon as one of them is another person', () => {
    const contents = { pixels: numbers(5, 5, 5, 5), photographs: numbers(1, 2, 3, 1) };
    expect([...findDuplicates(contents, Int32Array.of(0, 0, 1, 0))]).toEqual([
      pixels | repeated,
      pixels,
      pixels,
      pixels | repeated,
    ]);
  });

  test('finds nothing among different pictures, and does not take unknown photographs for equal', () => {
    const contents = { pixels: numbers(3, 1, 2), photographs: numbers(0, 0, 0) };
    expect([...findDuplicates(contents, Int32Array.of(0, 1, 2))]).toEqual([0, 0, 0]);
    const none = { pixels: numbers(), photographs: numbers() };
    expect([...findDuplicates(none, Int32Array.of())]).toEqual([]);
  });

  test('says of many pictures what comparing each with each says', () => {
    const random = seededRandom(3, 'pictures');
    const count = 400;
    const shown = Array.from({ length: count }, () => 1 + random.integer(300));
    const people = Int32Array.from({ length: count }, () => random.integer(40));
    const flags = findDuplicates({ pixels: numbers(...shown), photographs: new BigUint64Array(count) }, people);
    const expected = shown.map((picture, i) => {
      const others = shown.flatMap((other, k) => (other === picture && k !== i ? [people[k]!] : []));
      if (others.length === 0) return 0;
      const all = new Set([people[i]!, ...others]);
      return all.size > 1 ? pixels : repeated;
    });
    expect([...flags]).toEqual(expected);
    expect(new Set(expected)).toEqual(new Set([0, repeated, pixels]));
  });
});

describe('readContents()', () => {
  test('reads the first eight bytes of both digests, in the order of the faces and of those only', async () => {
    const first = await openFaceSet(await writeContents([{ key: digest(1), photo: digest(0xa1) }, { key: digest(2) }]));
    const second = await openFaceSet(await writeContents([{ key: digest(3), photo: digest(0xa3) }]));
    const placed = { sets: Uint32Array.of(1, 0), rows: Uint32Array.of(0, 1) };
    const contents = await readContents([first, second], placed);
    const number = (hex: string): bigint => Buffer.from(hex, 'hex').readBigUInt64LE();
    expect([...contents.pixels]).toEqual([number(digest(3)), number(digest(2))]);
    expect([...contents.photographs]).toEqual([number(digest(0xa3)), 0n]);
    await first.close();
    await second.close();
  });
});

describe('findNumber()', () => {
  test('finds the place of a number in a sorted list, and a negative one for others', () => {
    const sorted = numbers(2, 4, 6, 8, 10);
    expect([2, 4, 6, 8, 10].map(value => findNumber(sorted, BigInt(value)))).toEqual([0, 1, 2, 3, 4]);
    for (const value of [0, 3, 9, 11]) expect(findNumber(sorted, BigInt(value))).toBeLessThan(0);
    expect(findNumber(numbers(), 1n)).toBeLessThan(0);
  });
});

describe('numberWriter()', () => {
  test('writes hex as bytes', () => {
    const list = new BigUint64Array(2);
    numberWriter(list)(1, '0100000000000000ff');
    expect([...list]).toEqual([0n, 1n]);
  });
});
