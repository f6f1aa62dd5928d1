import { describe, expect, test } from '@jest/globals';
import { shrinkPhotograph } from '../../../src/faces/alignment/shrink-photograph';
import type { Landmarks } from '../../../src/faces/alignment/template';
import type { Image } from '../../../src/kit/image';
import { markPoints } from '../../../src/pictures/sheets/mark-points';

const image = { pixels: new Uint8Array(100 * 60 * 3).fill(128), width: 100, height: 60 };
const at = ({ pixels, width }: { pixels: Uint8Array; width: number }, x: number, y: number): number[] => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];

async function shrinkAndMark(photo: Image, landmarks: Landmarks | undefined, edge: number): Promise<Image> {
  const tile = await shrinkPhotograph(photo, landmarks, edge);
  return markPoints(tile, tile.points ?? []);
}

describe('shrinkPhotograph() and markPoints()', () => {
  test('draws a dot of its own colour at each point, also at the edge', async () => {
    const marked = await shrinkAndMark(image, [20, 20, 60, 20, 40, 30, 0, 0, 99, 59], 160);
    expect(at(marked, 20, 20)).toEqual([0, 220, 0]);
    expect(at(marked, 60, 20)).toEqual([0, 200, 255]);
    expect(at(marked, 40, 30)).toEqual([255, 230, 0]);
    expect(at(marked, 0, 0)).toEqual([255, 0, 200]);
    expect(at(marked, 99, 59)).toEqual([255, 130, 0]);
    expect(at(marked, 30, 20)).toEqual([128, 128, 128]);
  });

  test('moves the dots with the size', async () => {
    const marked = await shrinkAndMark(image, [20.5, 20.5, 60, 20, 40, 30, 10, 50, 90, 50], 50);
    expect([marked.width, marked.height]).toEqual([50, 30]);
    expect(at(marked, 10, 10)).toEqual([0, 220, 0]);
  });

  test('leave the pixels of what is marked alone', async () => {
    const tile = await shrinkPhotograph(image, [20, 20, 60, 20, 40, 30, 0, 0, 99, 59], 160);
    markPoints(tile, tile.points!);
    expect(tile.pixels.every(value => value === 128)).toBe(true);
  });

  test('leaves a photograph without landmarks and one with points far away as they are', async () => {
    expect((await shrinkAndMark(image, undefined, 160)).pixels.every(value => value === 128)).toBe(true);
    const far = await shrinkAndMark(image, new Array(10).fill(1e9), 160);
    expect(far.pixels.every(value => value === 128)).toBe(true);
  });
});
