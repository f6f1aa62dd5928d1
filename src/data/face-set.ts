import { createHash } from 'node:crypto';
import { open, readFile, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError, messageOf } from '../errors';
import { readTable } from './tables/read-table';
import type { Columns } from './tables/table';
import { openTable } from './tables/write-table';
import type { Degeneracy, PictureFault } from './skip-reason';

/** Why a photograph gave no face. */
export type SkipReason = 'missing-landmarks' | `landmarks-${Degeneracy}` | PictureFault;
/** By group, then by reason. */
export type SkipCounts = Readonly<Record<string, Readonly<Partial<Record<SkipReason, number>>>>>;

export interface FaceSetInfo {
  readonly count: number;
  /** Edge of a face in pixels; every face is square. */
  readonly size: number;
  readonly channels: 'RGB';
  readonly template: string;
  readonly groups: Readonly<Record<string, { readonly images: number; readonly identities: number }>>;
  readonly skipped: SkipCounts;
  /** What is doubtful about its faces, by group, a sentence each; left out where nothing is. */
  readonly doubts?: Readonly<Record<string, readonly string[]>>;
  /** Drawings, not of real people; left out for photographs, and where unknown. */
  readonly drawn?: true;
}

/** The facts about an aligned face beside its pixels. */
export interface FaceRow {
  readonly row: number;
  /** sha256 of the pixels, hex. */
  readonly key: string;
  /** Of the photograph, relative to the root of its set. */
  readonly path: string;
  readonly identity: string;
  readonly group: string;
  readonly domain: string;
  /** RMS distance of the moved landmarks from the template, in pixels of the face; float32. */
  readonly residual: number;
  /** sha256 of the photograph's file, hex; undefined where unknown. */
  readonly photo?: string;
}

/** What another face set can be made from. */
export interface FaceOrigin extends Pick<FaceRow, 'key' | 'residual'> {
  /** Digest of what the face was made from, hex: see `faceSource`. Undefined where unknown. */
  readonly source: string | undefined;
}

/** A face for a set. `key` is for those who have it: else it is computed. */
export type NewFace = Omit<FaceRow, 'row' | 'key'> &
  Partial<Pick<FaceRow, 'key'>> &
  Partial<Pick<FaceOrigin, 'source'>>;

export interface FaceSet {
  readonly folder: string;
  readonly count: number;
  readonly size: number;
  readonly info: FaceSetInfo;
  /** Every row in order; can be called again. */
  rows(): AsyncIterable<FaceRow>;
  /** Whose face every row is, in order; nothing else is read. */
  people(): AsyncIterable<Pick<FaceRow, (typeof PERSON)[number]>>;
  /** Of every row in order. */
  sources(): AsyncIterable<FaceOrigin>;
  /** Digests of what every row shows, in order; nothing else is read. */
  contents(): AsyncIterable<Pick<FaceRow, 'key' | 'photo'>>;
  /** Reads face `row` (size x size x 3 bytes, RGB, row by row), or `count` faces from there on, from disk into the start of `into`. */
  readPixels(row: number, into: Uint8Array, count?: number): Promise<void>;
  close(): Promise<void>;
}

export interface FaceSetWriter {
  readonly count: number;
  /** Appends a face; its pixels (size x size x 3 bytes) may be reused once this resolves. */
  add(face: NewFace, pixels: Uint8Array): Promise<void>;
  /** Writes the rest. `skipped` and `doubts` go into face-set.json. The set is complete only after this. */
  close(skipped?: SkipCounts, doubts?: FaceSetInfo['doubts']): Promise<FaceSetInfo>;
  /** Gives the files back without completing them. */
  abort(): Promise<void>;
}

const COLUMNS = {
  row: { type: 'int' },
  key: { type: 'string' },
  path: { type: 'string' },
  identity: { type: 'string' },
  group: { type: 'string' },
  domain: { type: 'string' },
  residual: { type: 'float' },
  source: { type: 'string', optional: true },
  photo: { type: 'string', optional: true },
} as const satisfies Columns;
const PERSON = ['row', 'identity', 'group', 'domain'] as const;
const ROW = ['row', 'key', 'path', 'identity', 'group', 'domain', 'residual', 'photo'] as const;

const INFO = 'face-set.json';
const TABLE = 'faces.parquet';
const PIXELS = 'pixels.rgb8';
/** Bytes gathered before they are written: one write a megabyte instead of one a face. */
const CHUNK = 1 << 20;

/** Starts a face set in an existing folder. Nothing that grows with the number of faces is held, but identities' names. */
export async function createFaceSet(
  folder: string,
  {
    size,
    template = 'arcface',
    drawn,
  }: { readonly size: number; readonly template?: string; readonly drawn?: true | undefined },
): Promise<FaceSetWriter> {
  const table = await openTable(join(folder, TABLE), COLUMNS);
  const file = await open(join(folder, PIXELS), 'w');
  const bytes = size * size * 3;
  // One is filled while the other is being written.
  let [buffer, other] = [chunkOf(bytes), chunkOf(bytes)];
  let written: Promise<void> = Promise.resolve();
  const groups = new Map<string, { images: number; identities: Set<string> }>();
  let filled = 0;
  let count = 0;
  const flush = async (): Promise<void> => {
    await written;
    written = writeWhole(file, buffer.subarray(0, filled));
    // Thrown to the next caller that waits for it.
    written.catch(() => undefined);
    [buffer, other] = [other, buffer];
    filled = 0;
  };
  return {
    get count() {
      return count;
    },
    async add(face, pixels) {
      if (pixels.length !== bytes)
        throw new RangeError(`A face of ${size} px has ${bytes} bytes, got ${pixels.length}`);
      if (filled + bytes > buffer.length) await flush();
      buffer.set(pixels, filled);
      filled += bytes;
      const group = groups.get(face.group) ?? { images: 0, identities: new Set() };
      groups.set(face.group, group);
      group.images++;
      group.identities.add(face.identity);
      const { key = createHash('sha256').update(pixels).digest('hex'), source = null, photo = null, ...about } = face;
      await table.append({ ...about, row: count++, key, source, photo });
    },
    async close(skipped = {}, doubts = {}) {
      await flush();
      await written;
      await file.close();
      await table.close();
      const byName = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
      const info: FaceSetInfo = {
        count,
        size,
        channels: 'RGB',
        template,
        groups: Object.fromEntries(
          byName.map(([name, g]) => [name, { images: g.images, identities: g.identities.size }]),
        ),
        skipped,
        ...(Object.keys(doubts).length > 0 && { doubts }),
        ...(drawn && { drawn }),
      };
      await writeFile(join(folder, INFO), JSON.stringify(info, null, 2) + '\n');
      return info;
    },
    async abort() {
      await written.catch(() => undefined);
      await file.close();
      await table.close();
    },
  };
}

/** Path of the pixels in a face set's folder: the faces one after the other, each size x size x 3 bytes, RGB, row by row. */
export function pixelFile(folder: string): string {
  return join(folder, PIXELS);
}

function chunkOf(bytes: number): Buffer {
  return Buffer.alloc(Math.max(bytes, CHUNK - (CHUNK % bytes)));
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += (await file.write(bytes, done, bytes.length - done)).bytesWritten;
}

/** Opens a face set. Errors with `bad-face-set` or `bad-table` (`UserError`) when a file is missing or does not fit the others. */
export async function openFaceSet(folder: string): Promise<FaceSet> {
  const info = await readInfo(folder);
  const faceBytes = info.size * info.size * 3;
  const path = pixelFile(folder);
  const bytes = await stat(path).then(
    s => s.size,
    () => undefined,
  );
  if (bytes !== info.count * faceBytes) {
    throw badFaceSet(path, `found ${bytes ?? 'no'} bytes, want ${info.count} faces of ${faceBytes}`);
  }
  const table = await readTable(join(folder, TABLE), COLUMNS);
  if (table.rows !== info.count) {
    await table.close();
    throw badFaceSet(table.path, `found ${table.rows} rows, want ${info.count}`);
  }
  const file = await open(path);
  return {
    folder,
    count: info.count,
    size: info.size,
    info,
    async *rows() {
      // The columns were checked when the table was opened.
      for await (const { photo, ...row } of table.select(...ROW)) {
        yield (photo === null ? row : { ...row, photo }) as unknown as FaceRow;
      }
    },
    people: () => table.select(...PERSON) as AsyncIterable<unknown> as ReturnType<FaceSet['people']>,
    async *sources() {
      for await (const { key, residual, source } of table.select('key', 'residual', 'source')) {
        yield { key, residual, source: source ?? undefined } as FaceOrigin;
      }
    },
    async *contents() {
      for await (const { key, photo } of table.select('key', 'photo')) {
        yield { key, photo: photo ?? undefined } as Pick<FaceRow, 'key' | 'photo'>;
      }
    },
    async readPixels(row, into, count = 1) {
      if (!(row >= 0 && row + count <= info.count))
        throw new RangeError(`Face set ${folder} has ${info.count} rows, wanted ${row + count - 1}`);
      const wanted = count * faceBytes;
      if (into.length < wanted) {
        const faces = count === 1 ? 'A face takes' : `${count} faces take`;
        throw new RangeError(`${faces} ${wanted} bytes, got room for ${into.length}`);
      }
      for (let done = 0; done < wanted;) {
        const { bytesRead } = await file.read(into, done, wanted - done, row * faceBytes + done);
        if (bytesRead === 0) throw badFaceSet(path, `it ends inside face ${row + Math.floor(done / faceBytes)}`);
        done += bytesRead;
      }
    },
    async close() {
      await file.close();
      await table.close();
    },
  };
}

async function readInfo(folder: string): Promise<FaceSetInfo> {
  const path = join(folder, INFO);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as FaceSetInfo;
  } catch (error) {
    throw badFaceSet(path, messageOf(error), error);
  }
}

function badFaceSet(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(`Cannot read face set: ${path}: ${reason}; run the stage that made it again`, {
    code: 'bad-face-set',
    cause,
  });
}
