import { describe, expect, test } from '@jest/globals';
import { pictureStatistics } from '../../../src/faces/checks/picture-statistics';
import { FACE_SIZES } from '../../../src/faces/alignment/template';

/** @param value of red, green, blue at x, y */
function picture(size: number, value: (x: number, y: number) => readonly [number, number, number]): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) pixels.set(value(x, y), 3 * (y * size + x));
  return pixels;
}

describe('pictureStatistics', () => {
  const of = (value: (x: number, y: number) => readonly [number, number, number]) =>
    pictureStatistics(picture(112, value), 112);

  test('of one colour: no contrast, no detail', () => {
    expect(of(() => [120, 60, 20])).toEqual({ contrast: 0, redness: 60, isMonochrome: true, detail: 0 });
  });

  test('redness is that above the stronger one of green and blue', () => {
    expect(of(() => [10, 20, 50]).redness).toBe(-40);
    expect(of(() => [10, 50, 20]).redness).toBe(-40);
    expect(of(() => [50, 20, 10]).redness).toBe(30);
  });

  test.each<[string, boolean, (x: number, y: number) => readonly [number, number, number]]>([
    ['grey', true, x => [x, x, x]],
    ['sepia', true, x => [40 + Math.round(1.1 * x), 30 + x, 20 + Math.round(0.8 * x)]],
    ['red alone but for noise', true, (x, y) => [60 + x, (x + 3 * y) % 8, (2 * x + y) % 6]],
    ['of skin with lips and eyes in other colours', false, (x, y) => [90 + x, 60 + x, 40 + x + (y % 20)]],
    ['as dark as can be seen', false, (x, y) => [6 + (x >> 5), 4 + (y >> 4), 3]],
  ])('a picture %s is monochrome: %s', (_, isMonochrome, value) => {
    expect(of(value).isMonochrome).toBe(isMonochrome);
  });

  test.each(FACE_SIZES)('a wave of 10 px of a face of 112 has its second difference and contrast: %d px', size => {
    const scale = Math.floor(size / 112);
    const wave = (x: number) => Math.round(128 + 100 * Math.cos((2 * Math.PI * x) / (10 * scale)));
    const { contrast, detail } = pictureStatistics(
      picture(size, x => [wave(x), wave(x), wave(x)]),
      size,
    );
    // cos(w(x-d)) + cos(w(x+d)) - 2 cos(wx) = -2 (1 - cos(wd)) cos(wx), here d = 2 px of 10.
    expect(detail).toBeCloseTo(2 * (1 - Math.cos(0.4 * Math.PI)), 1);
    expect(contrast).toBeGreaterThan(65);
    expect(contrast).toBeLessThan(78);
  });

  test('what is around the face says nothing', () => {
    const frame = (x: number, y: number) => Math.hypot(x - 56, y - 0.62 * 112) > 0.42 * 112 + 7;
    const { contrast } = pictureStatistics(
      picture(112, (x, y) => (frame(x, y) ? [255, 0, 255] : [90, 90, 90])),
      112,
    );
    expect(contrast).toBe(0);
  });
});
