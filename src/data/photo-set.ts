import { readFile, realpath, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError, messageOf } from '../errors';
import { readTable } from './tables/read-table';
import type { Columns, Row } from './tables/table';
import { openTable } from './tables/write-table';

/** A photograph of a photo set. */
export interface PhotoRow {
  /** Relative to the set's root, with `/`. */
  readonly path: string;
  readonly identity: string;
  readonly group: string;
  readonly domain: string;
  /** Of the file, hex. */
  readonly sha256: string;
  /** Size of the file. */
  readonly bytes: number;
  /** x1 y1 … x5 y5 in pixels. */
  readonly landmarks: readonly number[] | undefined;
}

export interface PhotoSetInfo {
  readonly count: number;
  readonly groups: Readonly<
    Record<string, { readonly images: number; readonly identities: number; readonly withoutLandmarks: number }>
  >;
  readonly domain: string;
  /** By group; relative to the root where they are inside it. */
  readonly landmarkFiles: Readonly<Record<string, string>>;
  /** Drawings, not of real people; left out for photographs, and where unknown. */
  readonly drawn?: true;
  /** Groups that are named and have no photograph, with the reason. Left out when there are none. */
  readonly absent?: Readonly<Record<string, string>>;
  /** Photographs by group that landmark rows or pairs name and that are not on disk. Left out when there are none. */
  readonly notOnDisk?: Readonly<Record<string, number>>;
}

export interface PhotoSet {
  readonly info: PhotoSetInfo;
  /** Absolute. */
  readonly root: string;
  rows(): AsyncIterable<PhotoRow>;
  close(): Promise<void>;
}

export interface PhotoSetWriter {
  add(photo: PhotoRow): Promise<void>;
  close(info: PhotoSetInfo): Promise<void>;
}

const POINTS = ['x1', 'y1', 'x2', 'y2', 'x3', 'y3', 'x4', 'y4', 'x5', 'y5'] as const;
const COLUMNS: Columns = {
  path: { type: 'string' },
  identity: { type: 'string' },
  group: { type: 'string' },
  domain: { type: 'string' },
  sha256: { type: 'string' },
  bytes: { type: 'int' },
  ...Object.fromEntries(POINTS.map(name => [name, { type: 'double', optional: true } as const])),
};

const TABLE = 'photos.parquet';
const INFO = 'photo-set.json';
/** Not part of the digest: the same photographs elsewhere are the same set. */
const LOCATION = 'location.local.json';

/**
 * Starts a photo set in an existing folder.
 * @param root folder of the photographs: absolute, or relative to `folder`
 */
export async function createPhotoSet(folder: string, root: string): Promise<PhotoSetWriter> {
  await writeFile(join(folder, LOCATION), JSON.stringify({ root }) + '\n');
  const table = await openTable(join(folder, TABLE), COLUMNS);
  return {
    add({ landmarks, ...photo }) {
      const points = POINTS.map((name, i) => [name, landmarks?.[i] ?? null] as const);
      return table.append({ ...photo, ...Object.fromEntries(points) });
    },
    async close(info) {
      await table.close();
      await writeFile(join(folder, INFO), JSON.stringify(info, null, 2) + '\n');
    },
  };
}

/** Opens a photo set. Errors with `bad-photo-set` or `bad-table` (`UserError`) when a file is missing or damaged. */
export async function openPhotoSet(folder: string): Promise<PhotoSet> {
  const info = (await readJson(join(folder, INFO))) as PhotoSetInfo;
  const { root } = (await readJson(join(folder, LOCATION))) as { readonly root: string };
  const table = await readTable(join(folder, TABLE), COLUMNS);
  return {
    info,
    // People's view of the store is links, and `..` must start from the real folder of the set.
    root: resolve(await realpath(folder), root),
    async *rows() {
      for await (const row of table) yield photoOf(row);
    },
    close: () => table.close(),
  };
}

function photoOf(row: Row): PhotoRow {
  const { path, identity, group, domain, sha256, bytes } = row as unknown as PhotoRow;
  const landmarks = POINTS.map(name => row[name] as number | null);
  return {
    path,
    identity,
    group,
    domain,
    sha256,
    bytes,
    landmarks: landmarks.every(value => value !== null) ? landmarks : undefined,
  };
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new UserError(`Cannot read photo set: ${path}: ${messageOf(error)}; run the stage that made it again`, {
      code: 'bad-photo-set',
      cause: error,
    });
  }
}
