import { describe, expect, test } from '@jest/globals';
import type { Preprocessing } from '../../../src/data/embedding-set';
import { faceFiller } from '../../../src/embedding/recogniser/face-tensor';

// A face of 2 x 2: pixel (x, y) has red 10 * (2y + x) + 1, green + 2, blue + 3.
const PIXELS = Uint8Array.of(1, 2, 3, 11, 12, 13, 21, 22, 23, 31, 32, 33);
const PLAIN: Preprocessing = { size: 2, layout: 'NCHW', channels: 'RGB', mean: 0, scale: 1 };

function filled(preprocessing: Partial<Preprocessing>, mirrored = false, slot = 0, slots = 1): number[] {
  const tensor = new Float32Array(12 * slots);
  faceFiller({ ...PLAIN, ...preprocessing })(tensor, slot, { pixels: PIXELS, mirrored });
  return [...tensor];
}

describe('faceFiller()', () => {
  test('writes planes for NCHW and pixels for NHWC', () => {
    expect(filled({})).toEqual([1, 11, 21, 31, 2, 12, 22, 32, 3, 13, 23, 33]);
    expect(filled({ layout: 'NHWC' })).toEqual([...PIXELS]);
  });

  test('swaps red and blue for BGR', () => {
    expect(filled({ channels: 'BGR' })).toEqual([3, 13, 23, 33, 2, 12, 22, 32, 1, 11, 21, 31]);
    expect(filled({ channels: 'BGR', layout: 'NHWC' })).toEqual([3, 2, 1, 13, 12, 11, 23, 22, 21, 33, 32, 31]);
  });

  test('mirrors left and right, not top and bottom', () => {
    expect(filled({}, true)).toEqual([11, 1, 31, 21, 12, 2, 32, 22, 13, 3, 33, 23]);
    expect(filled({ layout: 'NHWC' }, true)).toEqual([11, 12, 13, 1, 2, 3, 31, 32, 33, 21, 22, 23]);
  });

  test('gives (pixel - mean) / scale in float32', () => {
    const wanted = [1, 11, 21].map(red => Math.fround((red - 127.5) / 127.5));
    expect(filled({ mean: 127.5, scale: 127.5 }).slice(0, 3)).toEqual(wanted);
  });

  test('fills only its slot', () => {
    const tensor = filled({}, false, 1, 3);
    expect(tensor.slice(12, 24)).toEqual(filled({}));
    expect([...tensor.slice(0, 12), ...tensor.slice(24)]).toEqual(new Array(24).fill(0));
  });
});
