import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../../src/learning/engines/engine';
import { parametersOf, sizeOf, type Backbone, type Weights } from '../../src/learning/networks';
import { forward } from '../../src/learning/networks/forward';
import type { Batch } from '../../src/learning/training/batch';
import type { Learner } from '../../src/learning/training/learner';
import type { StepReport } from '../../src/learning/training/loop';
import type { Recipe } from '../../src/learning/training/recipe';
import { BASE_RECIPE, changed } from './recipes';
import { CENTRES } from './toy-training';

/** One of test/fixtures/twin/twin.json: how a student is trained, and what PyTorch made of it. */
export interface Twin {
  readonly embeddingSize: number;
  readonly classes: number;
  /** In an epoch. */
  readonly batches: number;
  readonly recipe: Recipe;
  /** Of PyTorch in float64. */
  readonly wanted: Course;
  /** How far PyTorch gets from that by rounding, by precision. */
  readonly rounding: { readonly f32: Distances; readonly bf16: Distances };
}

export interface Course {
  readonly steps: readonly Readonly<Record<(typeof TOLD)[number], number>>[];
  /** By the number of the step before them, by name of the array: see `measure`. */
  readonly checkpoints: Readonly<Record<string, Readonly<Record<string, Measures>>>>;
  /** Of two faces, from the running statistics at the end. */
  readonly embeddings: readonly (readonly number[])[];
}

/** What is told of a step. */
export const TOLD = [
  'loss',
  'identityLoss',
  'distillationLoss',
  'accuracy',
  'gradientNorm',
  'clipFactor',
  'learningRate',
] as const;

/** Relative ones: of every step; of every checkpoint, the worst array and the one in the middle; of the embeddings. */
export interface Distances {
  readonly loss: readonly number[];
  readonly gradientNorm: readonly number[];
  readonly weights: readonly number[];
  readonly weightsMedian: readonly number[];
  readonly statistics: readonly number[];
  readonly statisticsMedian: readonly number[];
  readonly embeddings: number;
}

/** Of what an array has changed by: length, part along fixed random numbers, part along its first values. */
type Measures = readonly [length: number, random: number, first: number];

export function readTwins(): Readonly<Record<string, Twin>> {
  const file = join(__dirname, '..', 'fixtures', 'twin', 'twin.json');
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Omit<Twin, 'recipe'> & { recipe: Stored }>;
  return Object.fromEntries(
    Object.entries(stored).map(([name, twin]) => [name, { ...twin, recipe: recipeOf(twin.recipe) }]),
  );
}

/** A recipe as the file has it. */
interface Stored extends Readonly<Record<'epochs' | 'batch' | 'seed' | 'learningRate' | 'gamma' | 'scale', number>> {
  readonly milestones: readonly number[];
  readonly momentum: number;
  readonly weightDecay: number;
  readonly margin: { readonly mean: number; readonly std: number };
  readonly identityWeight: number;
  readonly distillation: { readonly weight: number; readonly reduction: 'mean' | 'sum' };
}

function recipeOf(stored: Stored): Recipe {
  const { epochs, batch, seed, learningRate, momentum, weightDecay, milestones, gamma } = stored;
  const { scale, margin, identityWeight, distillation } = stored;
  return changed(BASE_RECIPE, {
    ...{ epochs, batch, seed, sgd: { learningRate, momentum, weightDecay }, steps: { milestones, gamma } },
    ...{ identity: { weight: identityWeight, scale, margin }, distance: distillation },
  });
}

/** A step by the names of the file. */
export function toldOf({ terms, measures, ...step }: StepReport): Course['steps'][number] {
  const [identityLoss, distillationLoss] = [terms['elastic-arcface']!, terms['embedding-mse']!];
  return { ...step, identityLoss, distillationLoss, accuracy: measures['accuracy']! };
}

/** The file's name of the class centres, from which their first values follow too. */
const STORED_CENTRES = 'identity-head/centres';

/** Where the learner has what the file calls so. */
function placeIn(name: string): string {
  return name === STORED_CENTRES ? CENTRES : name;
}

/** Weights and class centres that both sides start with. */
export function firstValues(backbone: Backbone, classes: number): Weights {
  const centres = { name: STORED_CENTRES, shape: [backbone.embeddingSize, classes] };
  return new Map(
    [...parametersOf(backbone), centres].map(({ name, shape }) => {
      const [middle, spread] = AROUND[name.split('/').at(-1)!] ?? [0, Math.sqrt(3 / fanIn(shape))];
      const values = draws(name, sizeOf(shape));
      for (let i = 0; i < values.length; i++) values[i] = middle + spread * values[i]!;
      return [name, { shape, values }] as const;
    }),
  );
}

/** PReLUs bend little: where a value falls to the other side by rounding, the gradient jumps, and what jumps cannot be compared closely. */
const AROUND: Readonly<Record<string, readonly [middle: number, spread: number]>> = {
  gamma: [1, 0.1],
  beta: [0, 0.1],
  mean: [0, 0.1],
  variance: [1, 0.1],
  slope: [0.75, 0.05],
  bias: [0, 0.1],
  centres: [0, 0.1],
};

function fanIn(kernel: readonly number[]): number {
  if (kernel.length === 2) return kernel[0]!;
  return kernel[0]! * kernel[1]! * (kernel[3] === 1 ? 1 : kernel[2]!);
}

export function learnerOf(tf: Tf, backbone: Backbone, classes: number, first: Weights): Learner {
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape, values }] of first) {
    parameters.set(placeIn(name), tf.tensor(Float32Array.from(values), [...shape], 'float32'));
  }
  const trained = parametersOf(backbone).flatMap(({ name, trained }) => (trained ? [name] : []));
  return {
    ...{ backbone, classes, parameters, slots: { velocity: new Map<string, Tensor>() } },
    trained: [...trained.map(name => ({ name, clip: true, decay: true })), { name: CENTRES, clip: false, decay: true }],
  };
}

/** The batches of an epoch, see `train`. */
export function batchesOf(backbone: Backbone, { classes, batches, recipe }: Twin) {
  return async function* (epoch: number, from: number): AsyncGenerator<Batch> {
    for (let batch = from; batch < batches; batch++) {
      yield await Promise.resolve(batchOf(String(epoch * batches + batch + 1), recipe.batch, backbone, classes));
    }
  };
}

/** Half of what is seen, and of what the teacher says, is the class; half is the face. The same batch is made once. */
function batchOf(label: string, count: number, { inputSize, embeddingSize, name }: Backbone, classes: number): Batch {
  const known = batches.get(`${name}/${label}`);
  if (known) return known;
  const labels = Int32Array.from(draws(`label/${label}`, count), draw => Math.trunc(((draw + 1) / 2) * classes));
  const mixed = (kind: string, size: number): Float32Array => {
    const all = new Float32Array(count * size);
    for (const [i, own] of labels.entries()) {
      const [ofClass, ofFace] = [draws(`${kind}/${own}`, size), draws(`${kind}/${label}/${i}`, size)];
      for (let j = 0; j < size; j++) all[i * size + j] = (ofClass[j]! + ofFace[j]!) / 2;
    }
    return all;
  };
  const batch = {
    count,
    labels,
    pixels: mixed('face', inputSize * inputSize * 3),
    teacher: mixed('teacher', embeddingSize),
    samples: Uint32Array.from(labels.keys()),
    mirrored: new Uint8Array(count),
  };
  batches.set(`${name}/${label}`, batch);
  return batch;
}

const batches = new Map<string, Batch>();

/** Embeddings of two faces that were in no batch. */
export function probe(tf: Tf, { backbone, classes, parameters }: Learner): number[][] {
  const { pixels } = batchOf('probe', 2, backbone, classes);
  return tf.tidy(() => {
    const x = tf.tensor(pixels, [2, backbone.inputSize, backbone.inputSize, 3], 'float32');
    return forward(tf, backbone.layers, parameters, x).arraySync() as number[][];
  });
}

/** What all arrays of a learner have changed by. */
export async function measure({ parameters }: Learner, first: Weights): Promise<Readonly<Record<string, Measures>>> {
  const found: Record<string, Measures> = {};
  for (const [name, { values }] of first)
    found[name] = changeOf(name, await parameters.get(placeIn(name))!.data(), values);
  return found;
}

function changeOf(name: string, present: ArrayLike<number>, first: Float32Array): Measures {
  const start = hashOf(`${name}/projection`);
  let [squares, random, along, ofFirst] = [0, 0, 0, 0];
  for (let i = 0; i < first.length; i++) {
    const [was, change] = [first[i]!, present[i]! - first[i]!];
    squares += change * change;
    random += change * draw(start, i);
    along += change * was;
    ofFirst += was * was;
  }
  return [Math.sqrt(squares), random, along / Math.sqrt(ofFirst)];
}

/** As `distances` in test/fixtures/twin/make_twin.py. */
export function distancesOf(found: Course, wanted: Course): Distances {
  const relative = (name: 'loss' | 'gradientNorm'): number[] =>
    wanted.steps.map((step, i) => Math.abs(found.steps[i]![name] - step[name]) / Math.abs(step[name]));
  const apart = (step: string, statistics: boolean): number[] =>
    Object.entries(wanted.checkpoints[step]!)
      .filter(([name]) => /\/(mean|variance)$/.test(name) === statistics)
      .map(([name, one]) => apartBy(found.checkpoints[step]![name]!, one))
      .sort((a, b) => a - b);
  const at = Object.keys(wanted.checkpoints);
  const [weights, statistics] = [false, true].map(kind => at.map(step => apart(step, kind))) as [
    number[][],
    number[][],
  ];
  const middle = (sorted: number[]): number => sorted[sorted.length >> 1]!;
  return {
    loss: relative('loss'),
    gradientNorm: relative('gradientNorm'),
    weights: weights.map(sorted => sorted.at(-1)!),
    weightsMedian: weights.map(middle),
    statistics: statistics.map(sorted => sorted.at(-1)!),
    statisticsMedian: statistics.map(middle),
    embeddings: Math.max(
      ...wanted.embeddings.map((one, face) => {
        const difference = one.map((value, i) => value - found.embeddings[face]![i]!);
        return Math.hypot(...difference) / Math.hypot(...one);
      }),
    ),
  };
}

/** Infinite where an array has changed that must not. */
function apartBy(found: Measures, wanted: Measures): number {
  const far = Math.max(...wanted.map((value, i) => Math.abs(found[i]! - value)));
  return far === 0 ? 0 : far / wanted[0];
}

/** Uniform in [-1, 1), 24 bits, as `draws` in test/fixtures/twin/make_twin.py. */
function draws(name: string, count: number): Float32Array {
  const start = hashOf(name);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = draw(start, i);
  return values;
}

/** Named once: jest's context takes long to find a global, and this is called a hundred million times. */
const { imul } = Math;

/** The integer hash lowbias32 of Wellons. */
function draw(start: number, index: number): number {
  let x = (start + index) >>> 0;
  x = imul(x ^ (x >>> 16), 0x7feb352d);
  x = imul(x ^ (x >>> 15), 0x846ca68b);
  return ((x ^ (x >>> 16)) >>> 8) / 2 ** 23 - 1;
}

/** FNV-1a. */
function hashOf(name: string): number {
  return [...Buffer.from(name)].reduce((hash, byte) => imul(hash ^ byte, 16777619) >>> 0, 2166136261);
}
