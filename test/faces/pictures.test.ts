import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { decodeImage } from '../../src/faces/decoding/decode';

interface Picture {
  readonly name: string;
  readonly file: string;
  readonly width?: number;
  readonly height?: number;
  /** Of the RGB pixels that cv2.imread gives; null where it gives none. */
  readonly sha256: string | null;
}

const { pictures } = JSON.parse(
  readFileSync(join(__dirname, '..', 'fixtures', 'pictures', 'pictures.json'), 'utf8'),
) as { pictures: readonly Picture[] };
const bytesOf = ({ file }: Picture): Buffer => Buffer.from(file, 'base64');
const named = (name: string): Buffer => bytesOf(pictures.find(picture => picture.name === name)!);
const digest = (pixels: Uint8Array): string => createHash('sha256').update(pixels).digest('hex');

/** Everything that is not decoded, and why; the others must be equal to what OpenCV reads. */
const REFUSED: Readonly<Record<string, string>> = {
  'jpeg of 12 bits': 'unsupported-format',
  'jpeg lossless': 'unsupported-format',
  'jpeg no lines': 'unsupported-format',
  'damaged: jpeg cut': 'truncated',
  'damaged: jpeg cut, end marker put behind': 'corrupt',
  'damaged: jpeg odd scan parameters, cut': 'truncated',
  'damaged: jpeg odd scan parameters, cut, end marker': 'corrupt',
  'damaged: jpeg lacks its last 12 bytes': 'truncated',
  'damaged: jpeg progressive cut in a scan': 'truncated',
  'damaged: jpeg progressive cut between scans': 'truncated',
  'damaged: jpeg progressive cut between scans, no end': 'truncated',
  'damaged: jpeg cut in the header': 'truncated',
  'damaged: jpeg three bytes': 'truncated',
  'damaged: jpeg overwritten': 'truncated',
  'damaged: jpeg restart marker lost': 'corrupt',
  'damaged: png fewer pixels than lines': 'corrupt',
  'damaged: png unknown critical chunk': 'corrupt',
  'damaged: png header with a wrong checksum': 'corrupt',
  'damaged: png cut': 'truncated',
  'damaged: png no end': 'truncated',
  'damaged: png overwritten': 'corrupt',
  'damaged: png wrong checksum': 'corrupt',
  'damaged: png cut in the header': 'truncated',
  'webp animated': 'unsupported-format',
  'damaged: webp cut': 'truncated',
  'damaged: webp cut, length mended': 'corrupt',
  'tiff rgba': 'unsupported-format',
  'tiff cmyk': 'unsupported-format',
  'tiff grey 16': 'unsupported-format',
  'tiff float': 'unsupported-format',
  'tiff rgb 16': 'unsupported-format',
  'bmp packed': 'unsupported-format',
  'bmp 16 bits': 'unsupported-format',
  'damaged: bmp cut': 'truncated',
  'damaged: bmp cut in the header': 'truncated',
  gif: 'unsupported-format',
  'jpeg 2000': 'unsupported-format',
  ppm: 'unsupported-format',
  ico: 'unsupported-format',
  svg: 'unsupported-format',
  'svg after a declaration': 'unsupported-format',
  'svg, packed': 'not-an-image',
  pdf: 'unsupported-format',
  html: 'not-an-image',
  text: 'not-an-image',
  'lfs pointer': 'not-an-image',
  zeros: 'not-an-image',
  empty: 'empty-file',
  bomb: 'too-large',
};

describe('decodeImage against cv2.imread', () => {
  test('the fixture has what is refused', () => {
    expect(Object.keys(REFUSED).filter(name => !pictures.some(picture => picture.name === name))).toEqual([]);
  });

  test.each(pictures.filter(({ name }) => !(name in REFUSED)))('gives the same pixels: $name', async picture => {
    const { pixels, width, height } = await decodeImage(bytesOf(picture), picture.name);
    expect({ width, height, sha256: digest(pixels) }).toEqual({
      width: picture.width,
      height: picture.height,
      sha256: picture.sha256,
    });
  });

  test.each(pictures.filter(({ name }) => name in REFUSED))('says why it gives none: $name', async picture => {
    await expect(decodeImage(bytesOf(picture), picture.name)).rejects.toMatchObject({ code: REFUSED[picture.name] });
  });

  test.each([
    'jpeg 4:2:0',
    'jpeg progressive',
    'jpeg restart markers',
    'png palette 4',
    'webp lossy',
    'tiff grey',
    'bmp',
  ])('never takes a part for the whole, wherever it is cut: %s', async name => {
    const file = named(name);
    const whole = digest((await decodeImage(file, name)).pixels);
    const behind = name.startsWith('jpeg') ? [Buffer.alloc(0), Buffer.of(0xff, 0xd9)] : [Buffer.alloc(0)];
    for (const end of behind) {
      for (let length = 1; length < file.length; length += 1 + Math.floor(file.length / 97)) {
        const cut = Buffer.concat([file.subarray(0, length), end]);
        const found = await decodeImage(cut, name).catch((error: unknown) => (error as { code?: string }).code);
        const given = typeof found === 'object' ? digest(found.pixels) : found;
        expect(['truncated', 'corrupt', 'not-an-image', whole]).toContain(given);
      }
    }
  });
});
