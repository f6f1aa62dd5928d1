import { describe, expect, test } from '@jest/globals';
import { pictureStatistics } from '../../src/faces/picture-statistics';
import { FACE_SIZES } from '../../src/faces/template';

/** @param value of red, green, blue at x, y */
function picture(size: number, value: (x: number, y: number) => readonly [number, number, number]): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) pixels.set(value(x, y), 3 * (y * size + x));
  return pixels;
}

describe('pictureStatistics', () => {
  test('of one colour: no contrast, no detail', () => {
    const { contrast, colour, warmth, detail } = pictureStatistics(
      picture(112, () => [120, 60, 20]),
      112,
    );
    expect({ contrast, colour, warmth, detail }).toEqual({ contrast: 0, colour: 100, warmth: 100, detail: 0 });
  });

  test('blue is cold, grey has no colour', () => {
    expect(
      pictureStatistics(
        picture(112, () => [10, 20, 50]),
        112,
      ),
    ).toMatchObject({ warmth: -40, colour: 40 });
    expect(
      pictureStatistics(
        picture(112, x => [x, x, x]),
        112,
      ),
    ).toMatchObject({ warmth: 0, colour: 0, detail: 0 });
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
