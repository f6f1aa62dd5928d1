import { open, type FileHandle } from 'node:fs/promises';
import { UserError, messageOf } from '../errors';
import type { Weights } from './weights';

/** Largest header that is read: 100 MB, the limit of the reference implementation. */
const LARGEST_HEADER = 100_000_000;

/**
 * Writes weights as safetensors (u64 little-endian header length, JSON header, raw little-endian float32), sorted by name, the
 * header padded to 8 bytes. Equal weights and metadata give equal bytes. PyTorch and numpy read it.
 */
export async function writeSafetensors(
  path: string,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const sorted = [...weights].sort(([a], [b]) => (a < b ? -1 : 1));
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, values }] of sorted) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, (end += values.byteLength)] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  const file = await open(path, 'w');
  try {
    await file.writeFile(Buffer.concat([length, padded]));
    for (const [, { values }] of sorted) {
      await file.writeFile(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  } finally {
    await file.close();
  }
}

export interface Safetensors {
  readonly weights: Weights;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads float32 weights. Errors with `bad-safetensors`, naming the file, when it is not what it should be. */
export async function readSafetensors(path: string): Promise<Safetensors> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    return await readFrom(file);
  } catch (error) {
    const message = `Cannot read weights ${path}: ${messageOf(error)}; make the file again`;
    throw new UserError(message, { code: 'bad-safetensors', cause: error });
  } finally {
    await file?.close();
  }
}

async function readFrom(file: FileHandle): Promise<Safetensors> {
  const { size } = await file.stat();
  if (size < 8) throw new RangeError(`it has ${size} bytes, want at least 8`);
  const headerLength = Number((await readExactly(file, 0, 8)).readBigUInt64LE());
  if (headerLength > Math.min(LARGEST_HEADER, size - 8)) {
    throw new RangeError(`its header claims ${headerLength} bytes, the file has ${size}`);
  }
  const header: unknown = JSON.parse((await readExactly(file, 8, headerLength)).toString('utf8'));
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new TypeError('its header is no object');
  const { __metadata__: metadata = {}, ...tensors } = header as Record<string, unknown>;
  if (!isTexts(metadata)) throw new TypeError('its metadata are not texts by name');
  const dataSize = size - 8 - headerLength;
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  let end = 0;
  const entries = Object.entries(tensors).map(([name, entry]) => ({ name, ...checkEntry(name, entry, dataSize) }));
  for (const { name, shape, start, stop } of entries.sort((a, b) => a.start - b.start || a.stop - b.stop)) {
    if (start !== end) throw new RangeError(`tensor "${name}" starts at ${start}, want ${end}`);
    end = stop;
    const bytes = await readExactly(file, 8 + headerLength + start, stop - start);
    weights.set(name, { shape, values: new Float32Array(Uint8Array.from(bytes).buffer) });
  }
  if (end !== dataSize) throw new RangeError(`its tensors end at ${end}, its data at ${dataSize}`);
  return { weights, metadata };
}

interface Entry {
  readonly shape: readonly number[];
  readonly start: number;
  readonly stop: number;
}

function checkEntry(name: string, entry: unknown, dataSize: number): Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  if (dtype !== 'F32') throw new TypeError(`tensor "${name}" is ${String(dtype)}, want F32`);
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw new TypeError(`tensor "${name}" has no shape or no place`);
  }
  const [start, stop] = offsets as [number, number];
  const bytes = shape.reduce((product, size) => product * size, 4);
  if (stop > dataSize || stop - start !== bytes) {
    throw new RangeError(
      `tensor "${name}" of shape [${shape.join()}] is at ${start}..${stop} of ${dataSize}, want ${bytes} bytes`,
    );
  }
  return { shape, start, stop };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && (size as number) >= 0);
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every(text => typeof text === 'string');
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead !== length) throw new RangeError(`it ends at ${position + bytesRead}, want ${position + length} bytes`);
  return buffer;
}
