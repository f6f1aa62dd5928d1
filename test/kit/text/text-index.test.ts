import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { numberList } from '../../../src/kit/text/number-list';
import { textIndex } from '../../../src/kit/text/text-index';

describe('textIndex()', () => {
  test('numbers different texts in their order, and finds them among thousands', () => {
    const index = textIndex();
    const texts = Array.from({ length: 20_000 }, (_, i) => `m.${i % 7}é/${i}.jpg`);
    expect(texts.map(text => index.add(text))).toEqual(texts.map((_, i) => i));
    expect(index.add(texts[12_345]!)).toBe(12_345);
    expect(index.size).toBe(20_000);
    expect(texts.every((text, i) => index.find(text) === i && index.text(i) === text)).toBe(true);
    expect(index.find('m.1é/0.jpg')).toBeUndefined();
  });

  test('takes the empty text, and one that is longer than a page', () => {
    const index = textIndex();
    const long = 'x'.repeat(3_000_000);
    expect([index.add(''), index.add(long), index.add('y'), index.add('')]).toEqual([0, 1, 2, 0]);
    expect([index.text(0), index.text(1) === long, index.text(2)]).toEqual(['', true, 'y']);
  });

  test('keeps texts apart that hash to one place', () => {
    // 512 places at first, so that many of these meet.
    const index = textIndex();
    const texts = Array.from({ length: 250 }, (_, i) => String(i));
    texts.forEach(text => index.add(text));
    expect(texts.map(text => index.find(text))).toEqual(texts.map((_, i) => i));
    expect(index.find('250')).toBeUndefined();
  });

  test('holds digests in half of their length', () => {
    const index = textIndex('hex');
    const digests = Array.from({ length: 1000 }, (_, i) => createHash('sha256').update(String(i)).digest('hex'));
    digests.forEach(digest => index.add(digest));
    expect(digests.map(digest => index.find(digest))).toEqual(digests.map((_, i) => i));
    expect(index.text(999)).toBe(digests[999]);
    expect(index.find('00'.repeat(32))).toBeUndefined();
  });

  test('takes a tenth of a kilobyte a text, where a Map takes more', () => {
    const before = process.memoryUsage();
    const index = textIndex('hex');
    const digest = (i: number): string => createHash('sha256').update(String(i)).digest('hex');
    for (let i = 0; i < 20_000; i++) index.add(digest(i));
    // What lies outside of the heap of JavaScript does not wait for a collection to be counted.
    const held = process.memoryUsage().arrayBuffers - before.arrayBuffers;
    expect(index.size).toBe(20_000);
    expect(held / 20_000).toBeLessThan(150);
  });
});

describe('numberList()', () => {
  test('gives back what was pushed, over many chunks', () => {
    const list = numberList();
    for (let i = 0; i < 20_000; i++) list.push(i / 3);
    expect(list).toHaveLength(20_000);
    expect([0, 8191, 8192, 19_999].map(i => list.at(i))).toEqual([0, 8191 / 3, 8192 / 3, 19_999 / 3]);
    expect([list.at(-1), list.at(20_000)]).toEqual([NaN, NaN]);
  });
});
