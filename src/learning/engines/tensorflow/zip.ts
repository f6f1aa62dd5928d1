import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { openPromise, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../../errors';

/** An open zip archive. */
export interface Zip {
  /** Names are relative and have no `..`, or the archive is refused. */
  readonly names: readonly string[];
  /** Writes a file of the archive to `destination`. Throws `UserError` bad-archive when it is not what the directory says. */
  readonly extract: (name: string, destination: string) => Promise<void>;
}

/** Opens a zip archive for as long as `use` takes. Throws `UserError` bad-archive. */
export async function readZip<T>(path: string, use: (zip: Zip) => Promise<T>): Promise<T> {
  const file = await orBadArchive(path, openPromise(path, { autoClose: false }));
  try {
    const entries = await orBadArchive(path, entriesOf(file));
    return await use({
      names: [...entries.keys()],
      extract: (name, destination) => orBadArchive(path, extract(file, entries.get(name)!, destination), name),
    });
  } finally {
    file.close();
  }
}

async function entriesOf(file: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of file.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

async function extract(file: ZipFile, entry: Entry, destination: string): Promise<void> {
  await pipeline(await file.openReadStreamPromise(entry), createWriteStream(destination));
}

async function orBadArchive<T>(path: string, work: Promise<T>, name?: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const what = name === undefined ? '' : `${name} cannot be unpacked: `;
    throw new UserError(`Unpack ${path}: ${what}${(cause as Error).message}; get the file again`, {
      code: 'bad-archive',
    });
  }
}
