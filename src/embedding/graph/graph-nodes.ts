import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A constant of a graph, row by row; as float64, whatever it is stored as. */
export interface Constant {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Undefined for what cannot be read, or is too large to be a constant of the preprocessing. */
export type ReadConstant = () => Promise<Constant | undefined>;

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers and lists of numbers. */
  readonly attributes: Readonly<Record<string, readonly number[]>>;
  /** What a Constant gives. */
  readonly tensor?: ReadConstant;
}

export interface OnnxGraph {
  /** In the order in which they can be computed. */
  readonly nodes: readonly OnnxNode[];
  /** By name. */
  readonly constants: ReadonlyMap<string, ReadConstant>;
}

/**
 * The nodes of an ONNX file (field numbers: onnx.proto of ONNX 1.16). Weights are passed over and decoded when they are asked for,
 * so that hundreds of megabytes of them cost nothing.
 * @param file where `model` comes from: constants may be in files beside it
 */
export function readGraph(model: Uint8Array, file: string): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, ReadConstant>();
  for (const graph of messages(model, 7)) {
    for (const { id, value } of fields(graph)) {
      if (typeof value === 'number') continue;
      if (id === 1) nodes.push(nodeOf(value, file));
      if (id === 5) constants.set(textOf(value, 8), () => tensorOf(value, file));
    }
  }
  return { nodes, constants };
}

function nodeOf(node: Uint8Array, file: string): OnnxNode {
  const attributes: Record<string, readonly number[]> = {};
  let tensor: ReadConstant | undefined;
  for (const attribute of messages(node, 5)) {
    const name = textOf(attribute, 1);
    const [value] = messages(attribute, 5);
    if (value && name === 'value') tensor = () => tensorOf(value, file);
    attributes[name] = [
      ...floats(attribute, 2),
      ...integers(attribute, 3),
      ...floats(attribute, 7),
      ...integers(attribute, 8),
    ];
  }
  return {
    op: textOf(node, 4),
    inputs: messages(node, 1).map(text),
    outputs: messages(node, 2).map(text),
    attributes,
    ...(tensor && { tensor }),
  };
}

/** A mean image of 512 x 512 pixels has fewer. */
const MAX_VALUES = 1e6;

async function tensorOf(tensor: Uint8Array, file: string): Promise<Constant | undefined> {
  const shape = integers(tensor, 1);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count > MAX_VALUES) return undefined;
  const [type = 0] = integers(tensor, 2);
  const isElsewhere = integers(tensor, 14)[0] === 1;
  const [raw] = isElsewhere ? [await bytesElsewhere(tensor, file, count * (BYTES[type] ?? 0))] : messages(tensor, 9);
  const values = raw ? decodeRaw(raw, type) : decodeListed(tensor, type);
  return values?.length === count ? { shape, values } : undefined;
}

/** Bytes of a value by TensorProto.DataType. */
const BYTES: Readonly<Record<number, number>> = { 1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 16: 2 };

function decodeRaw(raw: Uint8Array, type: number): number[] | undefined {
  const bytes = BYTES[type];
  if (bytes === undefined || raw.length % bytes !== 0) return undefined;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  const read: Readonly<Record<number, (at: number) => number>> = {
    1: at => view.getFloat32(at, true),
    2: at => view.getUint8(at),
    3: at => view.getInt8(at),
    6: at => view.getInt32(at, true),
    7: at => Number(view.getBigInt64(at, true)),
    9: at => view.getUint8(at),
    10: at => halfOf(view.getUint16(at, true)),
    11: at => view.getFloat64(at, true),
    16: at => brainOf(view.getUint16(at, true)),
  };
  return Array.from({ length: raw.length / bytes }, (_, i) => read[type]!(i * bytes));
}

function decodeListed(tensor: Uint8Array, type: number): number[] | undefined {
  if (type === 1) return floats(tensor, 4);
  if (type === 7) return integers(tensor, 7);
  if (type === 10) return integers(tensor, 5).map(halfOf);
  if (type === 16) return integers(tensor, 5).map(brainOf);
  if (type === 11) return numbers(tensor, 10, 8, (view, at) => view.getFloat64(at, true));
  return integers(tensor, 5);
}

/** A half (IEEE 754 binary16) from its bits. */
function halfOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function brainOf(bits: number): number {
  return new Float32Array(Uint32Array.of(bits << 16).buffer)[0]!;
}

/** Undefined when they are not there: onnxruntime says so better. */
async function bytesElsewhere(tensor: Uint8Array, file: string, length: number): Promise<Uint8Array | undefined> {
  const about = Object.fromEntries(messages(tensor, 13).map(entry => [textOf(entry, 1), textOf(entry, 2)]));
  const handle = await open(join(dirname(file), about['location'] ?? '')).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await handle.read(bytes, 0, length, Number(about['offset'] ?? 0));
    return bytesRead === length ? bytes : undefined;
  } finally {
    await handle.close();
  }
}

interface Field {
  readonly id: number;
  /** The bytes of whatever is no varint. */
  readonly value: number | Uint8Array;
}

function* fields(message: Uint8Array): Generator<Field> {
  for (let at = 0; at < message.length;) {
    const tag = varint(message, at);
    at = tag.end;
    const id = Math.floor(tag.value / 8);
    const wire = tag.value % 8;
    if (wire === 0) {
      const { value, end } = varint(message, at);
      at = end;
      yield { id, value };
      continue;
    }
    let length = wire === 1 ? 8 : 4;
    if (wire === 2) {
      const { value, end } = varint(message, at);
      [length, at] = [value, end];
    }
    yield { id, value: message.subarray(at, at + length) };
    at += length;
  }
}

/** Signed, of 64 bits. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } {
  let [value, factor, at] = [0, 1, start];
  let negative = false;
  for (; at < bytes.length; at++) {
    const byte = bytes[at]!;
    negative = at - start === 9;
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte < 128) break;
  }
  if (!negative) return { value, end: at + 1 };
  // Ten bytes: exact arithmetic, once in a while.
  let exact = 0n;
  for (let i = at; i >= start; i--) exact = (exact << 7n) | BigInt(bytes[i]! & 0x7f);
  return { value: Number(BigInt.asIntN(64, exact)), end: at + 1 };
}

function messages(message: Uint8Array, wanted: number): Uint8Array[] {
  return [...fields(message)].flatMap(({ id, value }) => (id === wanted && typeof value !== 'number' ? [value] : []));
}

function textOf(message: Uint8Array, wanted: number): string {
  return messages(message, wanted).map(text)[0] ?? '';
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

function floats(message: Uint8Array, wanted: number): number[] {
  return numbers(message, wanted, 4, (view, at) => view.getFloat32(at, true));
}

/** Packed or one by one. */
function numbers(
  message: Uint8Array,
  wanted: number,
  width: number,
  read: (view: DataView, at: number) => number,
): number[] {
  return messages(message, wanted).flatMap(bytes => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    return Array.from({ length: Math.floor(bytes.length / width) }, (_, i) => read(view, i * width));
  });
}

function integers(message: Uint8Array, wanted: number): number[] {
  return [...fields(message)].flatMap(({ id, value }) => {
    if (id !== wanted) return [];
    if (typeof value === 'number') return [value];
    const found: number[] = [];
    for (let at = 0; at < value.length;) {
      const one = varint(value, at);
      found.push(one.value);
      at = one.end;
    }
    return found;
  });
}
