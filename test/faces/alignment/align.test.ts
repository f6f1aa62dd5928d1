import { describe, expect, test } from '@jest/globals';
import { alignFace } from '../../../src/faces/alignment/align';
import { arcfaceTemplate } from '../../../src/faces/alignment/template';
import { decodeImage } from '../../../src/faces/decoding/decode';
import { LANDMARKS, photo } from '../../helpers/photo-folder';

const options = { size: 112, template: arcfaceTemplate(112), name: 'a.jpg' };

describe('alignFace', () => {
  test('cuts the square out that the landmarks tell', async () => {
    const bytes = await photo(90);
    const face = await alignFace(bytes, LANDMARKS, options);
    if (!face.ok) throw new Error(face.detail);
    // The landmarks are the template moved by (20, 30), to the hundredth of a pixel.
    const { pixels, width } = await decodeImage(bytes, 'a.jpg');
    const at = ((30 + 50) * width + 20 + 60) * 3;
    expect(face.pixels.length).toBe(112 * 112 * 3);
    expect(face.residual).toBeLessThan(0.01);
    for (let c = 0; c < 3; c++)
      expect(Math.abs(face.pixels[(50 * 112 + 60) * 3 + c]! - pixels[at + c]!)).toBeLessThanOrEqual(1);
  });

  test('says what is wrong instead of throwing', async () => {
    const bytes = await photo(90);
    expect(await alignFace(bytes, undefined, options)).toMatchObject({ ok: false, reason: 'missing-landmarks' });
    expect(await alignFace(bytes, new Array(10).fill(5), options)).toMatchObject({
      ok: false,
      reason: 'landmarks-points-coincide',
      detail: 'all five points lie at (5, 5)',
    });
    expect(await alignFace(bytes.subarray(0, 900), LANDMARKS, options)).toMatchObject({
      ok: false,
      reason: 'truncated',
      detail: expect.stringMatching(/./) as unknown,
    });
  });
});
