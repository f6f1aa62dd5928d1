import { createReadStream, createWriteStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';
import { UserError } from '../../../errors';

/** A file in a zip archive. */
export interface ZipEntry {
  /** As the archive tells it: not to be trusted as a path. */
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  /** Of its own header in the archive, in bytes. */
  readonly offset: number;
}

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
const LOCAL_LENGTH = 30;
const CENTRAL_LENGTH = 46;
const END_LENGTH = 22;
const LONGEST_COMMENT = 0xffff;

/** Lists a zip archive below 4 GB. Throws `UserError` bad-archive. */
export async function listZip(path: string): Promise<ZipEntry[]> {
  return reading(path, async (file, length) => {
    const tail = await read(file, Math.max(0, length - END_LENGTH - LONGEST_COMMENT), length);
    const at = lastIndexOf(tail, END_RECORD);
    if (at < 0) throw badArchive(path, 'it has no directory at its end: is it whole, and a zip?');
    const [size, start] = [tail.readUInt32LE(at + 12), tail.readUInt32LE(at + 16)];
    if (start + size > length) throw badArchive(path, 'its directory lies outside the file');
    return parseDirectory(path, await read(file, start, start + size));
  });
}

/** Writes one file of an archive to `destination`. Throws `UserError` bad-archive when it is not what the directory says. */
export async function extract(path: string, entry: ZipEntry, destination: string): Promise<void> {
  const { name, method, packedSize, size, offset } = entry;
  const start = await reading(path, async (file, length) => {
    const header = await read(file, offset, Math.min(length, offset + LOCAL_LENGTH));
    if (header.length < LOCAL_LENGTH || header.readUInt32LE(0) !== LOCAL_HEADER) {
      throw badArchive(path, `${name} is not where its directory says`);
    }
    return offset + LOCAL_LENGTH + header.readUInt16LE(26) + header.readUInt16LE(28);
  });
  if (method !== 0 && method !== 8) throw badArchive(path, `${name} is packed by method ${method}`);
  const output = createWriteStream(destination);
  if (packedSize > 0) {
    const input = createReadStream(path, { start, end: start + packedSize - 1 });
    try {
      await (method === 0 ? pipeline(input, output) : pipeline(input, createInflateRaw(), output));
    } catch (cause) {
      throw badArchive(path, `${name} cannot be unpacked: ${(cause as Error).message}`);
    }
  } else {
    await new Promise<void>(done => output.end(done));
  }
  if (output.bytesWritten !== size) {
    throw badArchive(path, `${name} has ${output.bytesWritten} bytes, and ${size} by the directory`);
  }
}

function parseDirectory(path: string, directory: Buffer): ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + CENTRAL_LENGTH <= directory.length;) {
    if (directory.readUInt32LE(at) !== CENTRAL_HEADER) throw badArchive(path, 'its directory is damaged');
    const end = at + CENTRAL_LENGTH + directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + CENTRAL_LENGTH, end),
      method: directory.readUInt16LE(at + 10),
      packedSize: directory.readUInt32LE(at + 20),
      size: directory.readUInt32LE(at + 24),
      offset: directory.readUInt32LE(at + 42),
    });
    at = end + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function lastIndexOf(bytes: Buffer, signature: number): number {
  for (let at = bytes.length - END_LENGTH; at >= 0; at--) if (bytes.readUInt32LE(at) === signature) return at;
  return -1;
}

async function read(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const bytes = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
  return bytes.subarray(0, bytesRead);
}

async function reading<T>(path: string, use: (file: FileHandle, length: number) => Promise<T>): Promise<T> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw badArchive(path, (cause as Error).message);
  }
  try {
    return await use(file, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

function badArchive(path: string, why: string): UserError {
  return new UserError(`Unpack ${path}: ${why}; get the file again`, { code: 'bad-archive' });
}
