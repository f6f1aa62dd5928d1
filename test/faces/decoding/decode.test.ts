import { describe, expect, jest, test } from '@jest/globals';
import sharp from 'sharp';
import { alignFace } from '../../../src/faces/alignment/align';
import { decodeImage } from '../../../src/faces/decoding/decode';

const WIDTH = 40;
const HEIGHT = 24;
/** Left half red, right half blue. */
const halves = Buffer.from(
  Array.from({ length: WIDTH * HEIGHT }, (_, i) => (i % WIDTH < WIDTH / 2 ? [200, 0, 0] : [0, 0, 200])).flat(),
);
const raw = { raw: { width: WIDTH, height: HEIGHT, channels: 3 as const } };
const jpeg = () => sharp(halves, raw).jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
/** Compresses badly, so that the file has a middle. */
const noisy = () =>
  sharp(Buffer.from(Uint8Array.from({ length: 90 * 90 * 3 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) ^ (i >> 3))), {
    raw: { width: 90, height: 90, channels: 3 },
  });

const at = ({ pixels, width }: { pixels: Uint8Array; width: number }, x: number, y: number): number[] => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
];
const near = (found: readonly number[], wanted: readonly number[]): boolean =>
  found.every((value, i) => Math.abs(value - wanted[i]!) <= 6);

describe('decodeImage', () => {
  test('gives a picture up that takes too long, at once and with an error that no result depends on', async () => {
    const file = await jpeg().toBuffer();
    const prototype = sharp.prototype as unknown as Record<'timeout' | 'toBuffer', (...args: unknown[]) => unknown>;
    const timeout = jest.spyOn(prototype, 'timeout');
    const toBuffer = jest.spyOn(prototype, 'toBuffer');
    toBuffer.mockImplementation(() => Promise.reject(new Error('timeout: 35% complete')));
    try {
      const error: unknown = await decodeImage(file, 'slow.jpg').catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: 'UserError', code: 'picture-too-slow' });
      expect((error as Error).message).toMatch(/slow\.jpg.*120 s.*35% complete.*remove it/);
      expect(timeout.mock.calls).toEqual([[{ seconds: 120 }]]);
      // Not again without what decoders warn of, either.
      expect(toBuffer).toHaveBeenCalledTimes(1);
      const wanted = { size: 112, template: [], name: 'slow.jpg' };
      await expect(alignFace(file, new Array<number>(10).fill(1), wanted)).rejects.toMatchObject({
        code: 'picture-too-slow',
      });
    } finally {
      timeout.mockRestore();
      toBuffer.mockRestore();
    }
  });

  test('gives RGB, row by row', async () => {
    const image = await decodeImage(await jpeg().toBuffer(), 'x.jpg');
    expect([image.width, image.height, image.pixels.length]).toEqual([WIDTH, HEIGHT, WIDTH * HEIGHT * 3]);
    expect(near(at(image, 4, 12), [200, 0, 0])).toBe(true);
    expect(near(at(image, 36, 12), [0, 0, 200])).toBe(true);
  });

  test('turns as the EXIF orientation says', async () => {
    // 6: to be turned clockwise by a quarter; the left half comes to lie on top.
    const image = await decodeImage(await jpeg().withMetadata({ orientation: 6 }).toBuffer(), 'x.jpg');
    expect([image.width, image.height]).toEqual([HEIGHT, WIDTH]);
    expect(near(at(image, 12, 4), [200, 0, 0])).toBe(true);
    expect(near(at(image, 12, 36), [0, 0, 200])).toBe(true);
  });

  test('spreads grey to three channels', async () => {
    const grey = sharp(Buffer.alloc(WIDTH * HEIGHT, 77), { raw: { width: WIDTH, height: HEIGHT, channels: 1 } });
    for (const file of [
      await grey.clone().toColourspace('b-w').jpeg().toBuffer(),
      await grey.clone().toColourspace('b-w').png().toBuffer(),
    ]) {
      expect((await sharp(file).metadata()).channels).toBe(1);
      expect(at(await decodeImage(file, 'x'), 5, 5)).toEqual([77, 77, 77]);
    }
  });

  test('drops alpha without mixing in a background', async () => {
    const pixels = Buffer.from(Array.from({ length: WIDTH * HEIGHT }, () => [10, 120, 250, 0]).flat());
    const file = await sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } })
      .png()
      .toBuffer();
    expect(at(await decodeImage(file, 'x.png'), 5, 5)).toEqual([10, 120, 250]);
  });

  test('cuts 16 bits to 8', async () => {
    const pixels = new Uint16Array(WIDTH * HEIGHT * 3).fill(0x8034);
    const file = await sharp(pixels, raw).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(file).metadata()).depth).toBe('ushort');
    expect(at(await decodeImage(file, 'x.png'), 5, 5)).toEqual([0x80, 0x80, 0x80]);
  });

  test('ignores a colour profile', async () => {
    const plain = await decodeImage(await sharp(halves, raw).png().toBuffer(), 'x.png');
    const file = await sharp(halves, raw).withIccProfile('p3', { attach: true }).png().toBuffer();
    const stored = await sharp(file, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(file).metadata()).icc).toBeDefined();
    expect(Buffer.from((await decodeImage(file, 'x.png')).pixels)).toEqual(stored);
    expect(at(plain, 4, 12)).toEqual([200, 0, 0]);
  });

  test.each([
    ['is empty', () => Promise.resolve(Buffer.alloc(0)), 'empty-file'],
    ['is text', () => Promise.resolve(Buffer.from('<html>404 Not Found</html>')), 'not-an-image'],
    ['is a JPEG cut in the middle', async () => (await noisy().jpeg().toBuffer()).subarray(0, 3000), 'truncated'],
    [
      'is a JPEG that lacks its last bytes',
      async () => (await noisy().jpeg().toBuffer()).subarray(0, -40),
      'truncated',
    ],
    ['is a PNG cut in the middle', async () => (await noisy().png().toBuffer()).subarray(0, 3000), 'truncated'],
    [
      'is a JPEG with bytes overwritten',
      async () => (await noisy().jpeg().toBuffer()).fill(0x55, 3000, 3200),
      'corrupt',
    ],
  ])('refuses a file that %s', async (_, make, code) => {
    await expect(decodeImage(await make(), 'a/b.jpg')).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^Cannot read image a\/b\.jpg: ./) as unknown,
    });
  });
});
