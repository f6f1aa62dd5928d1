import { crc32c } from './crc32c';

/** A number at a step, under a name. */
export interface Scalars {
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The first record of a file of events. `time`: seconds since 1970. */
export function versionRecord(time: number): Buffer {
  return record(Buffer.concat([double(1, time), text(3, 'brain.Event:2')]));
}

/**
 * A record of TensorBoard: the message `Event` with a `Summary` of `simple_value`s, in protobuf's wire format (event.proto and
 * summary.proto of TensorFlow: wall_time 1, step 2, file_version 3, summary 5; value 1; tag 1, simple_value 2).
 */
export function scalarsRecord({ time, step, values }: Scalars): Buffer {
  const summary = Object.entries(values).map(([name, value]) =>
    bytes(1, Buffer.concat([text(1, name), float(2, value)])),
  );
  return record(Buffer.concat([double(1, time), integer(2, step), bytes(5, Buffer.concat(summary))]));
}

/** A TFRecord: length, its checksum, data, its checksum; all little-endian. */
function record(data: Buffer): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, maskedSum(length), data, maskedSum(data)]);
}

/** Rotated and shifted, so that a checksum over data that hold checksums stays good (tensorflow/core/lib/hash/crc32c.h). */
function maskedSum(data: Uint8Array): Buffer {
  const sum = crc32c(data);
  const masked = Buffer.alloc(4);
  masked.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0);
  return masked;
}

function double(field: number, value: number): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeDoubleLE(value);
  return Buffer.concat([tag(field, 1), octets]);
}

function float(field: number, value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeFloatLE(value);
  return Buffer.concat([tag(field, 5), octets]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.concat([tag(field, 0), varint(value)]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value));
}

function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([tag(field, 2), varint(value.length), value]);
}

function tag(field: number, wireType: number): Buffer {
  return varint(field * 8 + wireType);
}

/** For whole numbers from 0 to 2^53: seven bits an byte, the lowest first. */
function varint(value: number): Buffer {
  const octets: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) + 128);
  return Buffer.from([...octets, rest]);
}
