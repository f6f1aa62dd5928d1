import type { Load, Reply } from '../../kit/streams/thread';

export interface BatchThreadData {
  /** Paths of the files of pixels, and of those with teacher vectors. */
  readonly files: readonly string[];
  /** Edge of the faces in pixels. */
  readonly side: number;
  /** Values of a teacher vector. */
  readonly dim: number;
}

/** The places of the parts of a batch, one of each for every face, and the memory that they are read into. */
export interface BatchOrder extends BatchMemory {
  readonly faces: readonly FilePosition[];
  readonly mirrored: Uint8Array;
  /** Empty without a teacher. */
  readonly vectors: readonly FilePosition[];
}

/** An index into `files`, and bytes from the start of that file. */
export interface FilePosition {
  readonly file: number;
  readonly position: number;
}

/** Handed to and fro between the threads: new memory for every batch would have to be cleared and given page by page. */
export interface BatchMemory {
  /** [count, side, side, 3] */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** [count, dim]; empty without a teacher. */
  readonly teacher: Float32Array<ArrayBuffer>;
}

/**
 * Reads batches in a thread (a `ThreadBody`): the bytes of every face and, without holding up those of the next batch, makes
 * float32 of them. Reads are handed to the pool of Node, so that several are under way on a cold disk.
 */
export function batchThread(
  { files, side, dim }: BatchThreadData,
  load: Load,
): (order: BatchOrder) => Promise<Reply<BatchMemory>> {
  const { openSync, read } = load('node:fs') as typeof import('node:fs');
  const descriptors = files.map(path => openSync(path, 'r'));
  const values = side * side * 3;
  const spare: Uint8Array[] = [];
  const table = floatsOfBytes();
  const pairs = side % 4 === 0 ? floatsOfPairs() : new Float64Array();

  return async order => {
    const { faces, mirrored, vectors, pixels, teacher } = order;
    const bytes = spare.pop() ?? new Uint8Array(faces.length * values);
    const rows = new Uint8Array(teacher.buffer, teacher.byteOffset, teacher.byteLength);
    await Promise.all([
      ...faces.map((place, i) => readWhole(place, bytes, i * values, values)),
      ...vectors.map((place, i) => readWhole(place, rows, i * dim * 4, dim * 4)),
    ]);
    faces.forEach((_, i) => {
      if (side % 4 === 0) fillByPairs(bytes, pixels, i, mirrored[i] === 1);
      else fill(bytes, pixels, i, mirrored[i] === 1);
    });
    spare.push(bytes);
    return { answer: { pixels, teacher }, transfer: [pixels.buffer, teacher.buffer] };
  };

  function readWhole({ file, position }: FilePosition, into: Uint8Array, start: number, length: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const readFrom = (done: number): void =>
        read(descriptors[file]!, into, start + done, length - done, position + done, (error, bytesRead) => {
          if (error) reject(error);
          else if (done + bytesRead === length) resolve();
          else if (bytesRead === 0) reject(new Error(`${files[file]!} ends at byte ${position + done}`));
          else readFrom(done + bytesRead);
        });
      readFrom(0);
    });
  }

  /** 0..255 to -1..1. */
  function floatsOfBytes(): Float32Array {
    return Float32Array.from({ length: 256 }, (_, value) => (value - 127.5) / 127.5);
  }

  /**
   * Two neighbouring bytes to two floats, which are moved as one double: a quarter of the time. No double made of two such floats
   * is a NaN, whose bits may change when it is moved; bytes and floats are little-endian.
   */
  function floatsOfPairs(): Float64Array {
    const floats = new Float32Array(2 * 65_536);
    for (let pair = 0; pair < 65_536; pair++) floats.set([table[pair & 255]!, table[pair >>> 8]!], 2 * pair);
    return new Float64Array(floats.buffer);
  }

  function fillByPairs(bytes: Uint8Array, pixels: Float32Array, face: number, isMirrored: boolean): void {
    const words = new Uint32Array(bytes.buffer, face * values, values / 4);
    const doubles = new Float64Array(pixels.buffer, pixels.byteOffset + face * values * 4, values / 2);
    if (isMirrored) fillMirroredByPairs(words, doubles);
    else {
      for (let i = 0; i < words.length; i++) {
        const word = words[i]!;
        doubles[2 * i] = pairs[word & 65_535]!;
        doubles[2 * i + 1] = pairs[word >>> 16]!;
      }
    }
  }

  /** Four pixels at a time, which are three words a, b, c. Their bytes r g b r, g b r g, b r g b go 9 10 11, 6 7 8, 3 4 5, 0 1 2. */
  function fillMirroredByPairs(words: Uint32Array, doubles: Float64Array): void {
    const width = (side * 3) / 4;
    for (let row = 0; row < side; row++) {
      let from = (row + 1) * width;
      for (let to = row * width * 2; to < (row + 1) * width * 2; to += 6) {
        from -= 3;
        const a = words[from]!;
        const b = words[from + 1]!;
        const c = words[from + 2]!;
        doubles[to] = pairs[(c >>> 8) & 65_535]!;
        doubles[to + 1] = pairs[(c >>> 24) | ((b >>> 8) & 0xff00)]!;
        doubles[to + 2] = pairs[(b >>> 24) | ((c & 255) << 8)]!;
        doubles[to + 3] = pairs[(a >>> 24) | ((b & 255) << 8)]!;
        doubles[to + 4] = pairs[((b >>> 8) & 255) | ((a & 255) << 8)]!;
        doubles[to + 5] = pairs[(a >>> 8) & 65_535]!;
      }
    }
  }

  /** For faces whose rows are no whole number of words. */
  function fill(bytes: Uint8Array, pixels: Float32Array, face: number, isMirrored: boolean): void {
    for (let place = 0; place < side * side; place++) {
      const column = place % side;
      const to = (face * side * side + (isMirrored ? place + side - 1 - 2 * column : place)) * 3;
      const from = (face * side * side + place) * 3;
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = table[bytes[from + channel]!]!;
    }
  }
}
