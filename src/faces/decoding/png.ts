/** What the chunks of a PNG file say, without decoding it. */
export interface PngFacts {
  /** The last chunk is there, and whole. */
  readonly ended: boolean;
  /** The file with a turn (`eXIf`) that stands behind the pixels put before them, where decoders look for it. */
  readonly inOrder: Uint8Array;
}

const SIGNATURE = 8;
/** Length, name and checksum. */
const FRAME = 12;

export function pngFacts(bytes: Uint8Array): PngFacts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let pixels: number | undefined;
  for (let at = SIGNATURE; at + FRAME <= bytes.length;) {
    const end = at + FRAME + view.getUint32(at);
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (end > bytes.length) break;
    if (name === 'IEND') return { ended: true, inOrder: bytes };
    if (name === 'IDAT') pixels ??= at;
    if (name === 'eXIf' && pixels !== undefined) {
      const before = [bytes.subarray(0, pixels), bytes.subarray(at, end), bytes.subarray(pixels, at)];
      return pngFacts(Buffer.concat([...before, bytes.subarray(end)]));
    }
    at = end;
  }
  return { ended: false, inOrder: bytes };
}
