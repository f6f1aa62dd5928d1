// Program: five steps of distillation on `webgpu` with the loop of the product; prints what the test reads. It does not end itself.
import type { Tf } from '../../../../src/learning/engines/engine';
import { webgpu } from '../../../../src/learning/engines/webgpu/index';
import type { Backbone } from '../../../../src/learning/networks';
import type { Batch } from '../../../../src/learning/training/batch';
import { createLearner, disposeLearner, type Learner } from '../../../../src/learning/training/learner';
import { train } from '../../../../src/learning/training/loop';
import { changed } from '../../../helpers/recipes';
import { RECIPE } from './recipe';

export interface TrainSteps {
  readonly first: Run;
  /** The same once more. */
  readonly second: Run;
  /** Code of the error with a weight that is no number. */
  readonly notANumber: string | undefined;
}

interface Run {
  readonly losses: readonly number[];
  /** After each step. */
  readonly tensors: readonly number[];
  readonly bytes: readonly number[];
  /** Before the learner was made, and after it was disposed. */
  readonly around: readonly [number, number];
}

const [SIDE, FACES, STEPS, DIMENSIONS] = [16, 4, 5, 8];

const BACKBONE: Backbone = {
  name: 'toy',
  inputSize: SIDE,
  embeddingSize: DIMENSIONS,
  layers: [
    { op: 'conv', name: 'a', filters: 8, kernel: 3, stride: 2, pad: 1 },
    { op: 'batch-norm', name: 'a/bn' },
    { op: 'prelu', name: 'a/prelu' },
    { op: 'conv', name: 'b', filters: 8, kernel: 3, stride: 2, pad: 1, groups: 8 },
    { op: 'batch-norm', name: 'b/bn' },
    { op: 'flatten', name: 'f' },
    { op: 'dropout', name: 'drop', rate: 0.25 },
    { op: 'dense', name: 'd', units: DIMENSIONS, bias: true },
    { op: 'batch-norm', name: 'd/bn' },
  ],
};

async function main(): Promise<TrainSteps> {
  const tf = await webgpu.start();
  const [first, second] = [await run(tf), await run(tf)];
  const notANumber = await run(tf, learner => {
    const kernel = learner.parameters.get('a/kernel')!;
    learner.parameters.set('a/kernel', tf.fill(kernel.shape, NaN));
    kernel.dispose();
  }).then(
    () => undefined,
    (error: unknown) => (error as { code?: string }).code,
  );
  return { first, second, notANumber };
}

async function run(tf: Tf, change: (learner: Learner) => void = () => undefined): Promise<Run> {
  const before = tf.memory().numTensors;
  const learner = createLearner(tf, BACKBONE, 4, RECIPE);
  change(learner);
  const [losses, tensors, bytes]: [number[], number[], number[]] = [[], [], []];
  const recipe = changed(RECIPE, { distance: { weight: 10 } });
  const input = { batches, stepsAnEpoch: STEPS, describe: () => Promise.resolve('') };
  for await (const { loss } of train(tf, learner, recipe, input)) {
    losses.push(loss);
    tensors.push(tf.memory().numTensors);
    bytes.push((tf.memory() as unknown as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU);
  }
  disposeLearner(tf, learner);
  return { losses, tensors, bytes, around: [before, tf.memory().numTensors] };
}

/** The same four faces in every step, each with a teacher's vector of its own. */
async function* batches(): AsyncGenerator<Batch> {
  for (let step = 0; step < STEPS; step++) {
    yield await Promise.resolve({
      count: FACES,
      pixels: Float32Array.from({ length: FACES * SIDE * SIDE * 3 }, (_, i) => Math.sin(i * i)),
      labels: Int32Array.from([0, 1, 2, 3]),
      teacher: Float32Array.from({ length: FACES * DIMENSIONS }, (_, i) => (i % (DIMENSIONS + 1) === 0 ? 1 : 0)),
      samples: Uint32Array.from([0, 1, 2, 3]),
      mirrored: new Uint8Array(FACES),
    });
  }
}

void main().then(result => {
  process.stdout.write(`\n${JSON.stringify(result)}`);
});
