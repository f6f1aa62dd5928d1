import { createHash } from 'node:crypto';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { rename } from './rename';
import { syncFolder } from './write-atomically';

/** A file that is whole: its head, and the bytes after it. */
export interface SealedFile {
  /** JSON. */
  readonly about: unknown;
  /** Bytes of the body. */
  readonly length: number;
  /** Fills `into` from a place in the body. */
  read(position: number, into: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Length of the head before it, SHA-256 of everything behind. */
const [LENGTH, DIGEST] = [8, 32];
const CHUNK = 1 << 20;

/**
 * Writes a file that proves by itself that it is whole, aside and then under its name: a process that is killed, or loses power, leaves
 * the old file or the new one. Pieces of the body are asked for one after another, and may be overwritten when the next one is.
 * @param about JSON
 */
export async function writeSealed(
  path: string,
  about: unknown,
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const aside = `${path}.aside`;
  try {
    const file = await open(aside, 'w');
    try {
      const hash = createHash('sha256');
      const write = async (bytes: Uint8Array): Promise<void> => {
        hash.update(bytes);
        await file.writeFile(bytes);
      };
      const head = Buffer.from(JSON.stringify(about));
      const length = Buffer.alloc(LENGTH);
      length.writeBigUInt64LE(BigInt(head.length));
      await write(length);
      await write(head);
      for await (const piece of body) await write(piece);
      await file.writeFile(hash.digest());
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/**
 * Opens a file that `writeSealed` has written, after reading all of it once. Throws a RangeError that says in what it is damaged, and
 * errors of the system as they are.
 */
export async function openSealed(path: string): Promise<SealedFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size < LENGTH + DIGEST) throw new RangeError(`it has ${size} bytes, want at least ${LENGTH + DIGEST}`);
    await checkDigest(file, size - DIGEST);
    const headLength = Number((await readExactly(file, 0, Buffer.alloc(LENGTH))).readBigUInt64LE());
    const start = LENGTH + headLength;
    if (start > size - DIGEST) throw new RangeError(`its head claims ${headLength} bytes, the file has ${size}`);
    const head = await readExactly(file, LENGTH, Buffer.alloc(headLength));
    const length = size - DIGEST - start;
    return {
      about: JSON.parse(head.toString('utf8')) as unknown,
      length,
      async read(position, into) {
        if (!(position >= 0 && position + into.length <= length)) {
          throw new RangeError(`${path} has ${length} bytes, wanted ${into.length} from ${position} on`);
        }
        await readExactly(file, start + position, into);
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function checkDigest(file: FileHandle, end: number): Promise<void> {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(Math.min(CHUNK, end));
  for (let done = 0; done < end; done += chunk.length) {
    hash.update(await readExactly(file, done, chunk.subarray(0, Math.min(chunk.length, end - done))));
  }
  const kept = await readExactly(file, end, Buffer.alloc(DIGEST));
  if (!hash.digest().equals(kept)) throw new RangeError('its bytes are not those of its digest');
}

async function readExactly<T extends Uint8Array>(file: FileHandle, position: number, into: T): Promise<T> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new RangeError(`it ends at byte ${position + done}`);
    done += bytesRead;
  }
  return into;
}
