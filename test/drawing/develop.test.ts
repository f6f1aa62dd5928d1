import { describe, expect, test } from '@jest/globals';
import { develop } from '../../src/drawing/develop';
import { seededRandom } from '../../src/kit/math/random';
import { plain } from './helpers';

const SIZE = 64;
const grey = (value: number): Uint8Array => new Uint8Array(SIZE * SIZE * 3).fill(value);
const developed = (value: number, changes: Parameters<typeof plain>[0], seed = 1): Uint8Array => {
  const pixels = grey(value);
  develop(pixels, SIZE, plain(changes), seededRandom(seed));
  return pixels;
};
const at = (pixels: Uint8Array, x: number, y: number, channel = 0): number => pixels[3 * (y * SIZE + x) + channel]!;

describe('develop()', () => {
  test('leaves the middle of a plain photo as it is, and darkens the corners', () => {
    const pixels = developed(128, {});
    expect(at(pixels, 32, 32)).toBe(128);
    // The vignette takes 0.25 * r^2, r^2 = 2 * (31.5 / 64)^2 at the centre of the corner pixel.
    expect(at(pixels, 0, 0)).toBe(Math.round(128 * (1 - 0.25 * 2 * (31.5 / 64) ** 2)));
  });

  test('light from the right brightens the right', () => {
    const pixels = developed(100, { light: 0.5, lightFrom: 0 });
    expect(at(pixels, 63, 32)).toBeGreaterThan(at(pixels, 0, 32) + 30);
    expect(at(pixels, 32, 10)).toBe(at(pixels, 32, 53));
  });

  test('gains multiply each channel and clamp at white', () => {
    const pixels = developed(200, { gain: [1.1, 1, 2] });
    expect([0, 1, 2].map(channel => at(pixels, 32, 32, channel))).toEqual([220, 200, 255]);
  });

  test('noise has the wanted deviation at mid grey, other values for another seed, and none at 0', () => {
    const noisy = developed(128, { noise: 6 });
    const clean = developed(128, {});
    const differences = Array.from(noisy, (value, i) => value - clean[i]!);
    const root = Math.sqrt(differences.reduce((sum, d) => sum + d * d, 0) / differences.length);
    // A little below 6 where the vignette darkens.
    expect(root).toBeGreaterThan(5.3);
    expect(root).toBeLessThan(6.4);
    expect(developed(128, { noise: 6 })).toEqual(noisy);
    expect(developed(128, { noise: 6 }, 2)).not.toEqual(noisy);
    expect(developed(128, {}, 2)).toEqual(clean);
  });

  test('the pattern of upsampling repeats every 8 pixels', () => {
    const flat = developed(128, {});
    const pixels = developed(128, { grid: 20 });
    const trace = (x: number): number => at(pixels, x, 32) - at(flat, x, 32);
    expect(Math.abs(trace(24) - trace(32))).toBeLessThanOrEqual(1);
    expect(Math.abs(trace(24) - trace(28))).toBeGreaterThan(5);
  });
});
