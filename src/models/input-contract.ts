import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors';
import { decimal } from '../kit/text/decimal';
import { quote } from '../kit/text/quote';

/** How an aligned face becomes the input of a model, and its output: raw embeddings, not L2-normalised. */
export interface InputContract {
  /** Name of the backbone. */
  readonly architecture: string;
  readonly channels: 'RGB' | 'BGR';
  readonly layout: 'NCHW' | 'NHWC';
  /** The model is given (pixel - mean) / scale, pixels 0..255. */
  readonly mean: number;
  readonly scale: number;
  /** Side of the square face in pixels. */
  readonly inputSize: number;
  /** Values of an embedding. */
  readonly embeddingSize: number;
}

/** Of every model that is trained here: what the thread that reads batches makes of a face. */
export const OUR_PIXELS = { channels: 'RGB', layout: 'NCHW', mean: 127.5, scale: 127.5 } as const;

/** Of the entries in an ONNX file. */
export const PREFIX = 'fairdistill.';
const KEYS = ['architecture', 'channels', 'layout', 'mean', 'scale', 'inputSize', 'embeddingSize'] as const;
/** For people and other programs; it is never anything else, and not read back. */
const EMBEDDINGS = { [`${PREFIX}embeddings`]: 'values are raw, not L2-normalised' };

/** The contract as metadata of an ONNX file: `fairdistill.channels` = `RGB` and so on. */
export function contractMetadata(contract: InputContract): Record<string, string> {
  return { ...Object.fromEntries(KEYS.map(key => [PREFIX + key, String(contract[key])])), ...EMBEDDINGS };
}

/**
 * The contract that an ONNX file carries in its metadata; undefined when it carries none of ours, or is not to be read as an ONNX file
 * (onnxruntime says so better). Passes over the weights: a few reads of a file of any size. Errors with `UserError` `bad-contract`, naming
 * the file and the entry, when only a part is there or a value is none.
 */
export async function readInputContract(path: string): Promise<InputContract | undefined> {
  const file = await open(path, 'r');
  try {
    return contractOf(await metadataOf(file), path);
  } finally {
    await file.close();
  }
}

/** @param path for the message of an error */
function contractOf(metadata: ReadonlyMap<string, string>, path: string): InputContract | undefined {
  if (!KEYS.some(key => metadata.has(PREFIX + key))) return undefined;
  const textOf = (key: string, wanted: string, isRight: (text: string) => boolean): string => {
    const text = metadata.get(PREFIX + key);
    if (text !== undefined && isRight(text)) return text;
    throw new UserError(
      `Cannot use ${path}: its ONNX metadata describe its input, but "${PREFIX}${key}" is ` +
        `${text === undefined ? 'missing' : quote(text)}, want ${wanted}; export the model again, or remove the entries "${PREFIX}…"`,
      { code: 'bad-contract', item: path },
    );
  };
  const numberOf = (key: string, wanted: string, isRight: (value: number) => boolean): number =>
    Number(textOf(key, wanted, text => Number.isFinite(decimal(text.trim())) && isRight(decimal(text.trim()))));
  const isSize = (value: number): boolean => Number.isInteger(value) && value > 0;
  const oneOf = <T extends string>(key: string, choices: readonly T[]): T =>
    textOf(key, choices.join(' or '), text => choices.includes(text as T)) as T;
  return {
    architecture: textOf('architecture', 'a name', text => text !== ''),
    channels: oneOf('channels', ['RGB', 'BGR']),
    layout: oneOf('layout', ['NCHW', 'NHWC']),
    mean: numberOf('mean', 'a number', () => true),
    scale: numberOf('scale', 'a number above 0', value => value > 0),
    inputSize: numberOf('inputSize', 'a number of pixels', isSize),
    embeddingSize: numberOf('embeddingSize', 'a number of values', isSize),
  };
}

// Field numbers and wire types of onnx.proto.
const METADATA_OF_MODEL = 14;
const [KEY_OF_ENTRY, VALUE_OF_ENTRY] = [1, 2];
const [VARINT, EIGHT_BYTES, LENGTH_DELIMITED, FOUR_BYTES] = [0, 1, 2, 5];
/** An entry of ours is a few words; a longer one is of somebody else. */
const LONGEST_ENTRY = 1 << 16;

/** Key and value of every entry, from the outermost fields of the file. What is not well-formed ends the search. */
async function metadataOf(file: FileHandle): Promise<Map<string, string>> {
  const { size } = await file.stat();
  const found = new Map<string, string>();
  let at = 0;
  while (at < size) {
    const head = await readAt(file, at, 20);
    const tag = varintAt(head, 0);
    const second = tag && varintAt(head, tag.next);
    if (!tag || !second) break;
    const wire = tag.value & 7;
    if (wire === VARINT) at += second.next;
    else if (wire === EIGHT_BYTES) at += tag.next + 8;
    else if (wire === FOUR_BYTES) at += tag.next + 4;
    else if (wire === LENGTH_DELIMITED) {
      at += second.next;
      if (tag.value >>> 3 === METADATA_OF_MODEL && second.value <= LONGEST_ENTRY) {
        const entry = fieldsOf(await readAt(file, at, second.value));
        found.set(entry.get(KEY_OF_ENTRY) ?? '', entry.get(VALUE_OF_ENTRY) ?? '');
      }
      at += second.value;
    } else break;
  }
  return found;
}

/** The texts of a message that holds nothing else. */
function fieldsOf(message: Buffer): Map<number, string> {
  const fields = new Map<number, string>();
  for (let at = 0; at < message.length;) {
    const tag = varintAt(message, at);
    const length = tag && varintAt(message, tag.next);
    if (!tag || !length || (tag.value & 7) !== LENGTH_DELIMITED) break;
    at = length.next + length.value;
    fields.set(tag.value >>> 3, message.toString('utf8', length.next, at));
  }
  return fields;
}

function varintAt(bytes: Buffer, start: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  for (let at = start, factor = 1; at < bytes.length && at < start + 10; at++, factor *= 128) {
    value += (bytes[at]! & 127) * factor;
    if (bytes[at]! < 128) return { value, next: at + 1 };
  }
  return undefined;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}
