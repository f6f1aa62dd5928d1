import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Image } from '../../../src/kit/image';
import type { Similarity } from '../../../src/faces/alignment/similarity';
import { warp } from '../../../src/faces/alignment/warp';

const IDENTITY = { a: 1, b: 0, tx: 0, ty: 0 };

/** Every channel of pixel i holds values[i] plus the channel's number. */
const image = (width: number, values: readonly number[]): Image => ({
  pixels: Uint8Array.from(values.flatMap(value => [value, value + 1, value + 2])),
  width,
  height: values.length / width,
});

/** First channel of the warped square. */
const warped = (source: Image, similarity: Similarity, size: number): number[] => {
  const into = new Uint8Array(size * size * 3).fill(99);
  warp(source, similarity, size, into);
  return Array.from({ length: size * size }, (_, i) => into[i * 3]!);
};

describe('warp', () => {
  test('copies under the identity', () => {
    const source = image(3, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
    const into = new Uint8Array(27);
    warp(source, IDENTITY, 3, into);
    expect([...into]).toEqual([...source.pixels]);
  });

  test('averages neighbours under a shift of half a pixel, with black beyond the edge', () => {
    // Target x shows source x - 0.5: the mean of source x - 1 and x, and nothing left of 0.
    expect(warped(image(2, [10, 20, 30, 40]), { a: 1, b: 0, tx: 0.5, ty: 0 }, 2)).toEqual([5, 15, 15, 35]);
    expect(warped(image(2, [10, 20, 30, 40]), { a: 1, b: 0, tx: 0, ty: 0.5 }, 2)).toEqual([5, 10, 20, 30]);
    expect(warped(image(2, [10, 20, 30, 40]), { a: 1, b: 0, tx: -0.5, ty: -0.5 }, 2)).toEqual([25, 15, 18, 10]);
  });

  test('weighs by distance', () => {
    // Source x - 0.25: a quarter of the left neighbour.
    expect(warped(image(2, [0, 100, 0, 100]), { a: 1, b: 0, tx: 0.25, ty: 0 }, 2)).toEqual([0, 75, 0, 75]);
  });

  test('turns by a quarter, clockwise on the screen', () => {
    // (x, y) goes to (1 - y, x): the top left value comes to lie top right.
    expect(warped(image(2, [10, 20, 30, 40]), { a: 0, b: 1, tx: 1, ty: 0 }, 2)).toEqual([30, 10, 40, 20]);
  });

  test('doubles about pixel centres', () => {
    expect(warped(image(2, [0, 100, 0, 100]), { a: 2, b: 0, tx: 0, ty: 0 }, 3).slice(0, 3)).toEqual([0, 50, 100]);
  });

  test('is black where there is no image, however far away', () => {
    expect(warped(image(2, [10, 20, 30, 40]), { a: 1, b: 0, tx: 50, ty: 0 }, 2)).toEqual([0, 0, 0, 0]);
    expect(warped(image(2, [10, 20, 30, 40]), { a: 1e-9, b: 0, tx: 50, ty: 1e12 }, 2)).toEqual([0, 0, 0, 0]);
  });

  test('rounds a half to even, as OpenCV does', () => {
    // Every pixel is 1/2048 px of the source, the first lies at 15/1024: with the second 15.5/1024, half a step of rounding, and with
    // 16 the next 1/32 px. cv2.warpAffine of OpenCV 4.6 gives 0 0 8 8.
    const pixels = Uint8Array.from([0, 255, 0, 255].flatMap(value => [value, value, value]));
    const into = new Uint8Array(4 * 4 * 3);
    warp({ pixels, width: 2, height: 2 }, { a: 2048, b: 0, tx: -30, ty: 0 }, 4, into);
    expect([0, 1, 2, 3].map(x => into[x * 3])).toEqual([0, 0, 8, 8]);
  });

  test('gives the bytes of cv2.warpAffine (fixture made by OpenCV 4)', async () => {
    for (const { name, source, matrix, wanted, size } of await fixture()) {
      const into = new Uint8Array(size * size * 3);
      warp(source, matrix, size, into);
      const difference = into.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i]!)), 0);
      expect({ name, difference }).toEqual({ name, difference: 0 });
      expect(wanted.some(value => value > 0)).toBe(true);
    }
  });
});

async function fixture() {
  const path = join(__dirname, '..', '..', 'fixtures', 'warp', 'warp.json');
  const file = JSON.parse(readFileSync(path, 'utf8')) as {
    size: number;
    cases: { name: string; matrix: Similarity; width: number; height: number; source: string; warped_png: string }[];
  };
  return Promise.all(
    file.cases.map(async ({ name, matrix, width, height, source, warped_png }) => ({
      name,
      matrix,
      size: file.size,
      source: { pixels: Buffer.from(source, 'base64'), width, height },
      wanted: await sharp(Buffer.from(warped_png, 'base64')).removeAlpha().raw().toBuffer(),
    })),
  );
}
