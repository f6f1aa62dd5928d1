import type { Image } from '../../kit/image';
import type { PictureFault } from '../../data/skip-reason';

export interface NoBmp {
  readonly fault: PictureFault;
  readonly message: string;
}

/** Behind the 14 bytes of the file's own header. */
const HEADER = 14;

/**
 * The pixels of an uncompressed BMP file of 1, 4, 8, 24 or 32 bits a pixel, which libvips does not read. The fourth byte of 32 bits is
 * dropped, as OpenCV does.
 */
export function decodeBmp(bytes: Uint8Array, mostPixels: number): Image | NoBmp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER + 40) return { fault: 'truncated', message: 'it is cut short: its header is missing' };
  const headerSize = view.getUint32(HEADER, true);
  const [width, down] = [view.getInt32(18, true), view.getInt32(22, true)];
  const [bits, compression, used] = [view.getUint16(28, true), view.getUint32(30, true), view.getUint32(46, true)];
  if (headerSize < 40 || compression !== 0 || ![1, 4, 8, 24, 32].includes(bits)) {
    const found = `${bits} bits a pixel, compression ${compression}`;
    return { fault: 'unsupported-format', message: `it is a BMP picture of ${found}; want an uncompressed one` };
  }
  // Rows go upwards unless the height is negative.
  const height = Math.abs(down);
  if (!(width > 0 && height > 0)) return { fault: 'corrupt', message: `its size is ${width} x ${down}` };
  if (width * height > mostPixels) {
    return { fault: 'too-large', message: `it has ${width} x ${height} pixels, ${mostPixels} at most` };
  }
  const stride = Math.ceil((width * bits) / 32) * 4;
  const start = view.getUint32(10, true);
  if (start + stride * height > bytes.length) return { fault: 'truncated', message: 'it is cut short' };
  const palette = HEADER + headerSize;
  const colours = bits > 8 ? 0 : used || 2 ** bits;
  const pixels = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = start + stride * (down < 0 ? y : height - 1 - y);
    for (let x = 0; x < width; x++, to += 3) {
      let from = row + x * (bits >> 3);
      if (bits <= 8) {
        const bit = x * bits;
        const index = (bytes[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & (2 ** bits - 1);
        if (index >= colours || palette + 4 * index + 4 > start) {
          return { fault: 'corrupt', message: `a pixel has colour ${index} of ${colours}` };
        }
        from = palette + 4 * index;
      }
      // Blue comes first.
      pixels[to] = bytes[from + 2]!;
      pixels[to + 1] = bytes[from + 1]!;
      pixels[to + 2] = bytes[from]!;
    }
  }
  return { pixels, width, height };
}
