import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

// Below this a file is read at once: opening a stream costs more than the reading.
const SMALL = 1 << 20;

/** SHA-256 of a text, in hexadecimal. */
export function sha256Text(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** SHA-256 of bytes, in hexadecimal. */
export function sha256Bytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of a file, in hexadecimal, in constant memory. `bytes` is its expected size. */
export async function sha256File(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (bytes <= SMALL) return hash.update(await readFile(path)).digest('hex');
  for await (const chunk of createReadStream(path, { highWaterMark: SMALL })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
