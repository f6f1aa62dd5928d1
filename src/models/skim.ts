import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** A file of Protocol Buffers messages, read where it is looked at: what is passed over costs nothing. */
export interface Skim {
  /** Bytes. */
  readonly size: number;
  /** Calls `visit` for each field of the message at [start, end), in order. */
  fields(start: number, end: number, visit: (field: Field) => void): void;
  /** Bytes [start, end), as far as the file has them. */
  bytes(start: number, end: number): Buffer;
}

export interface Field {
  readonly number: number;
  /** Of what is inside a text, bytes or a message. */
  readonly start: number;
  readonly end: number;
  /** Of a number that takes as much room as it needs; null for all others. Exact up to 2^53. */
  readonly value: number | null;
}

/** What the bytes say cannot be so. `beyond`: a field of the outermost message goes beyond the end of the file. */
export class NotAMessage extends Error {
  constructor(
    readonly position: number,
    readonly beyond: { readonly field: number; readonly end: number } | undefined,
  ) {
    super(`byte ${position} does not continue a message`);
  }
}

/** Small, because what follows the name of a tensor is mostly passed over. */
const WINDOW = 2048;
/** A graph of 100,000 nodes has fewer; without a limit a hostile file of small fields would take minutes. */
const MOST_FIELDS = 5_000_000;

/**
 * Opens a regular file for `work` and closes it. Undefined when it is something else, such as a folder or a pipe. `work` is given what throws
 * `NotAMessage`.
 */
export function skimFile<T>(path: string, work: (skim: Skim) => T): T | undefined {
  // A pipe would wait for a writer.
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(file);
    return stat.isFile() ? work(openSkim(file, stat.size)) : undefined;
  } finally {
    closeSync(file);
  }
}

function openSkim(file: number, size: number): Skim {
  const window = Buffer.alloc(WINDOW);
  let [from, to, left] = [0, 0, MOST_FIELDS];

  const byte = (position: number): number => {
    if (position < from || position >= to) {
      from = position;
      to = position + readSync(file, window, 0, WINDOW, position);
      if (to === from) throw new NotAMessage(position, undefined);
    }
    return window[position - from]!;
  };

  /** The number and the place behind it. */
  const varint = (start: number, end: number): [number, number] => {
    let [value, factor] = [0, 1];
    for (let position = start; position < Math.min(end, start + 10); position++, factor *= 128) {
      const next = byte(position);
      value += (next & 127) * factor;
      if (next < 128) return [value, position + 1];
    }
    throw new NotAMessage(start, end === size && start + 10 > end ? { field: 0, end: size + 1 } : undefined);
  };

  const fieldAt = (position: number, end: number): Field => {
    const [tag, start] = varint(position, end);
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (number === 0 || number >= 2 ** 29) throw new NotAMessage(position, undefined);
    if (wire === 0) {
      const [value, behind] = varint(start, end);
      return { number, start, end: behind, value };
    }
    const [length, inside] = wire === 2 ? varint(start, end) : [wire === 1 ? 8 : wire === 5 ? 4 : -1, start];
    if (length < 0) throw new NotAMessage(position, undefined);
    if (inside + length > end) {
      throw new NotAMessage(position, end === size ? { field: number, end: inside + length } : undefined);
    }
    return { number, start: inside, end: inside + length, value: null };
  };

  return {
    size,
    fields(start, end, visit) {
      for (let position = start; position < end;) {
        if (--left < 0) throw new NotAMessage(position, undefined);
        const field = fieldAt(position, end);
        visit(field);
        position = field.end;
      }
    },
    bytes(start, end) {
      const found = Buffer.alloc(Math.max(0, Math.min(end, size) - start));
      return found.subarray(0, readSync(file, found, 0, found.length, start));
    },
  };
}
