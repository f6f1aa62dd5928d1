import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, UserError } from '../errors';
import type { Json } from '../stage';

/** What model.json says of a network that was trained here: how it is fed, and what it learnt from. */
export interface ModelDescription {
  /** Name of the backbone. */
  readonly architecture: string;
  readonly parameters: number;
  /** Values of an embedding. */
  readonly embeddingSize: number;
  /** Side of the square face in pixels. */
  readonly inputSize: number;
  readonly channels: 'RGB' | 'BGR';
  readonly layout: 'NCHW' | 'NHWC';
  /** The model is given (pixel - mean) / scale, pixels 0..255. */
  readonly mean: number;
  readonly scale: number;
  /** Identities that it was trained to tell apart. */
  readonly classes: number;
  /** Digests of artifacts, and the number of faces. */
  readonly trainedOn: Readonly<Record<string, unknown>> & {
    /** Digest of the model that it learnt from, hex. */
    readonly teacher?: string;
    /** Names of the terms that learnt from it. */
    readonly taughtBy?: readonly string[];
  };
  /** What is doubtful about its training, a phrase each. */
  readonly doubts?: readonly string[];
  /** How it was trained, as the training says. */
  readonly recipe: object;
  /** How its first weights were drawn. */
  readonly initialisation: unknown;
  readonly engine: string;
  readonly precision: string;
  /** Where their number changes sums. */
  readonly threads?: number | undefined;
}

/** A description as it is read: of any earlier training, or written by hand. */
export type ReadDescription = Partial<Omit<ModelDescription, 'recipe' | 'trainedOn'>> & {
  readonly recipe?: Readonly<Record<string, Json>>;
  readonly trainedOn?: Readonly<Record<string, Json>> & { readonly teacher?: string };
};

/** Absolute paths of the files of a face model; it has the lists of `trained-on/` beside them. */
export interface FaceModelFiles {
  readonly onnx: string;
  /** The same weights as in the ONNX file, by name. */
  readonly weights: string;
  readonly description: string;
}

export function faceModelFiles(folder: string): FaceModelFiles {
  return {
    onnx: join(folder, 'model.onnx'),
    weights: join(folder, 'weights.safetensors'),
    description: join(folder, 'model.json'),
  };
}

/** Writes a face model into an existing folder. `weights` writes the safetensors file. */
export async function writeFaceModel(
  folder: string,
  {
    onnx,
    weights,
    description,
  }: {
    readonly onnx: Uint8Array;
    readonly weights: (path: string) => Promise<void>;
    readonly description: ModelDescription;
  },
): Promise<FaceModelFiles> {
  const files = faceModelFiles(folder);
  await writeFile(files.onnx, onnx);
  await weights(files.weights);
  await writeFile(files.description, `${JSON.stringify(description, null, 2)}\n`);
  return files;
}

/** Reads model.json. Errors with `bad-model` (`UserError`) when it is missing or an entry is of another kind than is written. */
export async function readModelDescription(folder: string): Promise<ReadDescription> {
  const path = faceModelFiles(folder).description;
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isMap(read)) throw new TypeError('it is no map');
    const wrong = Object.keys(KINDS).find(name => read[name] !== undefined && !KINDS[name]!(read[name]));
    if (wrong !== undefined) throw new TypeError(`"${wrong}" is ${JSON.stringify(read[wrong])}`);
    return read;
  } catch (error) {
    throw new UserError(`Cannot read model ${path}: ${messageOf(error)}; run the stage that made it again`, {
      code: 'bad-model',
      cause: error,
    });
  }
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of each entry that is used, whether a value can be it. */
const KINDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  architecture: isText,
  parameters: isNumber,
  embeddingSize: isNumber,
  inputSize: isNumber,
  channels: value => value === 'RGB' || value === 'BGR',
  layout: value => value === 'NCHW' || value === 'NHWC',
  mean: isNumber,
  scale: value => isNumber(value) && value !== 0,
  trainedOn: isMap,
  doubts: value => Array.isArray(value) && value.every(isText),
  recipe: isMap,
};
