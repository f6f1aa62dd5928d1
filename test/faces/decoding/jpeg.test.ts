import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { decodeImage } from '../../../src/faces/decoding/decode';
import { jpegEnds, jpegFacts } from '../../../src/faces/decoding/jpeg';

const bytes = Uint8Array.from({ length: 70 * 50 * 3 }, (_, i) => (Math.imul(i, 2654435761) >>> 25) + ((i / 3) % 70));
const picture = () => sharp(bytes, { raw: { width: 70, height: 50, channels: 3 } });

const SOI = [0xff, 0xd8];
const EOI = [0xff, 0xd9];
/** 8 bits, 8 x 8, components 1, 2 and 3. */
const frame = (marker: number): number[] => [
  0xff,
  marker,
  0,
  17,
  8,
  0,
  8,
  0,
  8,
  3,
  ...[1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1],
];
const scan = (components: readonly number[], from = 0, to = 63, bits = 0): number[] => {
  const length = 6 + 2 * components.length;
  return [
    0xff,
    0xda,
    0,
    length,
    components.length,
    ...components.flatMap(id => [id, 0]),
    from,
    to,
    bits,
    0x12,
    0xff,
    0,
    0x34,
  ];
};
const facts = (...parts: readonly (readonly number[])[]) => jpegFacts(Uint8Array.from(parts.flat()));

describe('jpegFacts', () => {
  test('takes sequential scans for whole when every component has one', () => {
    const scans = [scan([1]), scan([2]), scan([3])];
    expect(facts(SOI, frame(0xc0), ...scans, EOI)).toEqual({ components: 3, complete: true });
    expect(facts(SOI, frame(0xc0), ...scans.slice(0, 2), EOI)).toEqual({ components: 3, complete: false });
    expect(facts(SOI, frame(0xc0), scan([1, 2, 3]))).toEqual({ components: 3, complete: true });
  });

  test('takes progressive scans for whole when every bit of every coefficient has come', () => {
    const coarse = [scan([1, 2, 3], 0, 0, 1), scan([1], 1, 63, 1), scan([2], 1, 63, 0), scan([3], 1, 63, 0)];
    const fine = [scan([1, 2, 3], 0, 0, 0x10), scan([1], 1, 63, 0x10)];
    expect(facts(SOI, frame(0xc2), ...coarse, ...fine, EOI).complete).toBe(true);
    expect(facts(SOI, frame(0xc2), ...coarse, fine[0]!, EOI).complete).toBe(false);
    expect(facts(SOI, frame(0xc2), ...coarse, fine[1]!, EOI).complete).toBe(false);
    expect(facts(SOI, frame(0xc2), scan([1, 2, 3], 0, 0, 0), EOI).complete).toBe(false);
  });

  test('counts restart markers and stuffed bytes as data, and stops at the first end', () => {
    const file = [
      ...SOI,
      ...frame(0xc0),
      ...scan([1]),
      0xff,
      0xd3,
      1,
      0xff,
      0xff,
      0,
      ...scan([2]),
      ...scan([3]),
      ...EOI,
    ];
    expect(jpegFacts(Uint8Array.from(file)).complete).toBe(true);
    expect(jpegEnds(Uint8Array.from(file))).toBe(true);
    expect(jpegEnds(Uint8Array.from(file.slice(0, -2)))).toBe(false);
    expect(facts(SOI, frame(0xc0), scan([1]), EOI, scan([2]), scan([3]), EOI).complete).toBe(false);
  });

  test.each([
    ['a header that is cut', [...SOI, 0xff, 0xc0, 0]],
    ['a segment that is longer than the file', [...SOI, 0xff, 0xe0, 0xff, 0xff, 1]],
    ['a segment of no length', [...SOI, 0xff, 0xe0, 0, 0, 1]],
    ['nothing behind the start', SOI],
  ])('finds no picture in %s', (_, file) => {
    expect(jpegFacts(Uint8Array.from(file))).toEqual({ components: undefined, complete: false });
  });
});

describe('decodeImage', () => {
  test.each([
    ['mozjpeg', { mozjpeg: true }],
    ['progressive', { progressive: true, quality: 40 }],
    ['optimised scans', { progressive: true, optimiseScans: true, quality: 95, chromaSubsampling: '4:4:4' }],
    ['trellis and overshoot', { mozjpeg: true, trellisQuantisation: true, overshootDeringing: true, quality: 60 }],
  ])('takes what encoders write by default for whole: %s', async (_, options) => {
    for (const image of [picture(), picture().toColourspace('b-w')]) {
      const found = await decodeImage(await image.jpeg(options).toBuffer(), 'x.jpg');
      expect([found.width, found.height]).toEqual([70, 50]);
    }
  });
});
