import { createHash } from 'node:crypto';
import { messageOf } from '../../errors';
import { numberList } from '../../kit/text/number-list';
import { textIndex } from '../../kit/text/text-index';
import { openFaceSet, type FaceSet, type FaceSetInfo } from '../../data/face-set';
import type { Landmarks } from './template';

/** An aligned face that need not be cut out again. */
export interface KnownFace {
  /** size x size x 3 bytes, RGB, row by row. */
  readonly pixels: Uint8Array;
  /** sha256 of the pixels, hex. */
  readonly key: string;
  /** RMS distance of the moved landmarks from the template, in pixels of the face. */
  readonly residual: number;
}

/** Faces of earlier sets, by the digest of their source. */
export interface KnownFaces {
  /** Undefined for a source that is not known, and for one whose pixels are not the ones that were written. */
  find(source: string): Promise<KnownFace | undefined>;
  close(): Promise<void>;
}

/** What a face depends on beside the code: a digest in hex of the photograph's bytes, its landmarks and the shape of the face. */
export function faceSource(
  photoSha256: string,
  landmarks: Landmarks,
  { size, template }: Pick<FaceSetInfo, 'size' | 'template'>,
): string {
  const parts = [photoSha256, [...landmarks], size, template];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * Opens face sets to take pixels from. Those of another shape, or that cannot be read, are left out after a warning. Remembers where
 * each source lies (some 60 bytes), and 36 bytes a face.
 */
export async function knownFaces(
  folders: readonly string[],
  shape: Pick<FaceSetInfo, 'size' | 'template'>,
  warn: (text: string) => void,
): Promise<KnownFaces> {
  const sets: (EarlierSet | undefined)[] = [];
  const sources = textIndex('hex');
  const places = numberList();
  for (const [index, folder] of folders.entries()) {
    try {
      sets[index] = await openEarlier(folder, shape, (source, row) => {
        // Of several faces from one source the first counts.
        if (sources.add(source) === places.length) places.push(index * ROWS + row);
      });
    } catch (error) {
      warn(`No faces are taken from an earlier run: ${messageOf(error)}`);
    }
  }
  let damaged = false;
  return {
    async find(source) {
      const known = sources.find(source);
      if (known === undefined) return undefined;
      const place = places.at(known);
      const set = sets[Math.floor(place / ROWS)];
      // It turned out to be damaged behind this row.
      if (set === undefined) return undefined;
      const row = place % ROWS;
      try {
        return await readKnown(set, row);
      } catch (error) {
        if (!damaged) warn(`Faces of an earlier run are damaged and are aligned again: ${messageOf(error)}`);
        damaged = true;
        return undefined;
      }
    },
    async close() {
      for (const set of sets) await set?.faces.close();
    },
  };
}

/** More than a face set has: a place is a set and a row in one number. */
const ROWS = 2 ** 32;
const DIGEST = 32;

interface EarlierSet {
  readonly faces: FaceSet;
  readonly readPixels: (row: number) => Promise<Uint8Array>;
  /** By row. */
  readonly residuals: Float32Array;
  /** 32 bytes a row. */
  readonly keys: Buffer;
}

async function openEarlier(
  folder: string,
  shape: Pick<FaceSetInfo, 'size' | 'template'>,
  found: (source: string, row: number) => void,
): Promise<EarlierSet> {
  const faces = await openFaceSet(folder);
  try {
    const { size, template, count } = faces.info;
    if (size !== shape.size || template !== shape.template) {
      throw new RangeError(
        `${folder} has faces of ${size} px (${template}), want ${shape.size} px (${shape.template})`,
      );
    }
    let row = 0;
    const residuals = new Float32Array(count);
    const keys = Buffer.alloc(count * DIGEST);
    for await (const { source, key, residual } of faces.sources()) {
      residuals[row] = residual;
      keys.write(key, row * DIGEST, DIGEST, 'hex');
      if (source !== undefined) found(source, row);
      row++;
    }
    return { faces, readPixels: chunkReader(faces), residuals, keys };
  } catch (error) {
    await faces.close();
    throw error;
  }
}

async function readKnown({ faces, readPixels, residuals, keys }: EarlierSet, row: number): Promise<KnownFace> {
  const pixels = await readPixels(row);
  const key = createHash('sha256').update(pixels).digest('hex');
  const written = keys.toString('hex', row * DIGEST, (row + 1) * DIGEST);
  if (key !== written) throw new RangeError(`${faces.folder}: face ${row} has digest ${key}, want ${written}`);
  return { pixels, key, residual: residuals[row]! };
}

/** Bytes that are read at once where rows are asked for one after the other, as they mostly are. */
const CHUNK = 1 << 20;

function chunkReader(faces: FaceSet): (row: number) => Promise<Uint8Array> {
  const bytes = faces.size ** 2 * 3;
  const most = Math.max(1, Math.floor(CHUNK / bytes));
  let [start, end] = [0, 0];
  let chunk: Promise<Uint8Array>;
  const read = async (row: number, count: number): Promise<Uint8Array> => {
    const pixels = new Uint8Array(count * bytes);
    await faces.readPixels(row, pixels, count);
    return pixels;
  };
  return async row => {
    if (row < start || row >= end) {
      const count = row === end ? Math.min(most, faces.count - row) : 1;
      [start, end] = [row, row + count];
      chunk = read(row, count);
    }
    const at = (row - start) * bytes;
    return (await chunk).subarray(at, at + bytes);
  };
}
