import sharp from 'sharp';
import { UserError, messageOf } from '../../errors';
import { decodeBmp } from './bmp';
import { pictureFormat, type PictureFormat } from './formats';
import type { Image } from '../../kit/image';
import { jpegEnds, jpegFacts, mendJpeg, withoutStrayBytes } from './jpeg';
import { PICTURE_TOO_SLOW, type PictureFault } from '../../data/skip-reason';
import { pngFacts } from './png';

// One image a thread: images are decoded side by side already, and no file is read twice.
sharp.cache(false);
sharp.concurrency(1);

/** 300 MB as RGB. A larger one is a mistake or a trap. */
const MOST_PIXELS = 100_000_000;

/** Seconds that decoding may take. The largest pictures take a few; a file that is made to be slow would hold up the stage for hours. */
const LONGEST_S = 120;

/** Most candidates that are tried without the bytes of a warning: each is decoded once. */
const MOST_MENDED = 8;

/**
 * Decodes a JPEG, PNG, WebP, plain TIFF or BMP file, by its content, as `cv2.imread` of OpenCV 4 does, but to RGB: turned as its EXIF
 * orientation says (WebP not), colour profile ignored, grey spread to three channels, alpha dropped, 16 bits cut to 8, CMYK without ink
 * tables. Equal to the bit for every kind of `test/fixtures/pictures`. Where a decoder would fill what it cannot read with grey, the file
 * is refused; harmless oddities are no damage.
 * Errors with a `PictureFault` as its code (`UserError`), and with `picture-too-slow`, which is no fault: it depends on the machine.
 * @param bytes a whole file
 * @param name for the message
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<Image> {
  if (bytes.length === 0) throw faulty(name, 'empty-file', 'it is empty');
  const format = pictureFormat(bytes);
  try {
    return await decodeAs(format, bytes);
  } catch (error) {
    if (error instanceof TooSlow) throw tooSlow(name, error);
    throw error instanceof Fault
      ? faulty(name, error.fault, error.message, error)
      : faulty(name, ...faultOf(firstLine(error)), error);
  }
}

/** What a decoder's words mean. */
function faultOf(words: string): [PictureFault, string] {
  if (/exceeds? .*limit|too many scans/i.test(words)) return ['too-large', `${words} (${MOST_PIXELS} pixels at most)`];
  // The first bytes were those of a format that is supported.
  if (/unsupported image format/.test(words)) return ['corrupt', 'its header cannot be read'];
  if (/^tiff2vips: Read error at/.test(words)) return ['truncated', 'it is cut short'];
  if (/\bunsupported\b|not supported|not implemented/i.test(words)) return ['unsupported-format', words];
  if (/failOn/.test(words)) return ['corrupt', 'its checksums or its header are wrong'];
  return ['corrupt', words === 'vipspng: libpng read error' ? 'its checksums or its packed pixels are wrong' : words];
}

class Fault extends Error {
  constructor(
    readonly fault: PictureFault,
    message: string,
  ) {
    super(message);
  }
}

class TooSlow extends Error {}

function tooSlow(name: string, cause: Error): UserError {
  return new UserError(
    `Cannot read image ${name}: decoding it took longer than ${LONGEST_S} s (${cause.message}), longer than any photograph; look at the file, ` +
      'save it again as a plain JPEG, or remove it',
    { code: PICTURE_TOO_SLOW, cause },
  );
}

function decodeAs(format: PictureFormat, bytes: Uint8Array): Promise<Image> {
  switch (format.kind) {
    case 'jpeg':
      return decodeJpeg(bytes);
    case 'png':
      return decodePng(bytes);
    case 'webp':
      return decodeWebp(bytes);
    case 'tiff':
      return decodeTiff(bytes);
    case 'bmp':
      return decodeUncompressed(bytes);
    case 'unsupported':
      throw new Fault('unsupported-format', `it is ${format.what}; want JPEG, PNG, WebP, TIFF or BMP`);
    case 'other':
      throw new Fault('not-an-image', `it is ${format.what}`);
  }
}

async function decodeJpeg(bytes: Uint8Array): Promise<Image> {
  const { components, complete } = jpegFacts(bytes);
  const read = components === 4 ? readCmyk : readRgb;
  if (!complete) throw new Fault('truncated', 'it is cut short: its last scans are missing');
  try {
    return await read(bytes).catch((error: unknown) => {
      if (error instanceof TooSlow) throw error;
      return readMended(mendJpeg(bytes), read);
    });
  } catch (error) {
    if (error instanceof TooSlow || jpegEnds(bytes)) throw error;
    throw new Fault('truncated', `it is cut short (${firstLine(error)})`);
  }
}

const STRAY_BYTES = /(\d+) extraneous bytes before marker 0x([0-9a-f]{2})/;

/** The decoder reports its first warning only, so the cause of a harmless one is removed before it is asked again. */
async function readMended(file: Buffer, read: (bytes: Uint8Array) => Promise<Image>): Promise<Image> {
  try {
    return await read(file);
  } catch (error) {
    const [, count, marker] = STRAY_BYTES.exec(firstLine(error)) ?? [];
    if (count === undefined || marker === undefined) throw error;
    let tries = 0;
    for (const candidate of withoutStrayBytes(file, Number(count), parseInt(marker, 16))) {
      if (tries++ === MOST_MENDED) break;
      const image = await read(candidate).catch((reason: unknown) => {
        if (reason instanceof TooSlow) throw reason;
        return undefined;
      });
      if (image !== undefined) return image;
    }
    throw error;
  }
}

async function decodePng(bytes: Uint8Array): Promise<Image> {
  const { ended, inOrder } = pngFacts(bytes);
  if (!ended) throw new Fault('truncated', 'it is cut short: its last chunk is missing');
  return readRgb(inOrder);
}

async function decodeWebp(bytes: Uint8Array): Promise<Image> {
  const promised = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).readUInt32LE(4) + 8;
  if (promised > bytes.length)
    throw new Fault('truncated', `it is cut short: it has ${bytes.length} bytes of ${promised}`);
  const { pages = 1 } = await sharp(bytes, { limitInputPixels: MOST_PIXELS }).metadata();
  if (pages > 1) throw new Fault('unsupported-format', `it is an animation of ${pages} pictures; want a single one`);
  return readRgb(bytes, { autoOrient: false });
}

/** Only kinds that OpenCV reads in the same way. */
async function decodeTiff(bytes: Uint8Array): Promise<Image> {
  if (!hasDirectory(bytes)) throw new Fault('truncated', 'it is cut short: its directory is missing');
  const { space, channels, depth } = await sharp(bytes, { limitInputPixels: MOST_PIXELS }).metadata();
  if (depth !== 'uchar' || !((space === 'srgb' && channels === 3) || (space === 'b-w' && channels === 1))) {
    const found = `${channels} channels of ${depth} in ${space}`;
    throw new Fault('unsupported-format', `it is a TIFF picture with ${found}; want RGB or grey of 8 bits`);
  }
  return readRgb(bytes);
}

async function decodeUncompressed(bytes: Uint8Array): Promise<Image> {
  const found = decodeBmp(bytes, MOST_PIXELS);
  if ('fault' in found) throw new Fault(found.fault, found.message);
  return Promise.resolve(found);
}

/** The first list of tags of a TIFF file, which mostly follows the pixels. */
function hasDirectory(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isLittle = bytes[0] === 0x49;
  const start = bytes.length < 8 ? Infinity : view.getUint32(4, isLittle);
  return start + 2 <= bytes.length && start + 2 + 12 * view.getUint16(start, isLittle) <= bytes.length;
}

function open(bytes: Uint8Array, autoOrient: boolean): sharp.Sharp {
  // A warning is an error: the decoder warns where it fills unreadable parts with grey.
  const options = { failOn: 'warning', ignoreIcc: true, limitInputPixels: MOST_PIXELS, autoOrient } as const;
  return sharp(bytes, options).timeout({ seconds: LONGEST_S });
}

async function toBuffer(picture: sharp.Sharp): Promise<{ readonly data: Buffer; readonly info: sharp.OutputInfo }> {
  try {
    return await picture.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  } catch (error) {
    throw /^timeout: /.test(messageOf(error)) ? new TooSlow(firstLine(error)) : error;
  }
}

async function readRgb(bytes: Uint8Array, { autoOrient = true } = {}): Promise<Image> {
  const { data, info } = await toBuffer(open(bytes, autoOrient).toColourspace('srgb').removeAlpha());
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels, want 3`);
  return { pixels: data, width: info.width, height: info.height };
}

/**
 * As OpenCV makes RGB of CMYK: v = k - (255 - c) k / 256, rounded down, of the numbers as they stand in the file, which are 255 for no
 * ink. libvips has turned them over.
 */
async function readCmyk(bytes: Uint8Array): Promise<Image> {
  const { data, info } = await toBuffer(open(bytes, true).pipelineColourspace('cmyk').toColourspace('cmyk'));
  if (info.channels !== 4) throw new Error(`it has ${info.channels} channels, want 4`);
  const pixels = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const k = 255 - data[from + 3]!;
    for (let c = 0; c < 3; c++) pixels[to + c] = k - ((data[from + c]! * k) >> 8);
  }
  return { pixels, width: info.width, height: info.height };
}

function firstLine(error: unknown): string {
  return messageOf(error)
    .split('\n')[0]!
    .replace(/^Input buffer has corrupt header: (?=.)/, '')
    .replace(/^Vips\w+: /, '');
}

function faulty(name: string, code: PictureFault, reason: string, cause?: unknown): UserError {
  return new UserError(`Cannot read image ${name}: ${reason}`, { code, cause: new Error(reason, { cause }) });
}
