import { beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine, type Tf } from '../../src/engines';
import type { Backbone, Weights } from '../../src/networks';
import type { Batch } from '../../src/training/batch';
import { planEpoch } from '../../src/training/batches';
import { CENTRES, createLearner, disposeLearner, readWeights, type Learner } from '../../src/training/learner';
import { train, type StepReport } from '../../src/training/loop';
import type { Recipe } from '../../src/training/recipe';
import { testFaces } from '../helpers/face-set';

const SIZE = 16;
const FACES = testFaces('AB', 2, 4, SIZE, 20);
const BACKBONE: Backbone = {
  name: 'toy',
  summary: '',
  inputSize: SIZE,
  embeddingSize: 8,
  layers: [
    { op: 'conv', name: 'a', filters: 8, kernel: 4, stride: 4, pad: 0 },
    { op: 'batch-norm', name: 'a/bn' },
    { op: 'prelu', name: 'a/prelu' },
    { op: 'flatten', name: 'f' },
    { op: 'dropout', name: 'drop', rate: 0.25 },
    { op: 'dense', name: 'd', units: 8, bias: true },
    { op: 'batch-norm', name: 'd/bn' },
  ],
};
const RECIPE: Recipe = {
  epochs: 3,
  batch: 8,
  learningRate: 0.05,
  milestones: [1, 2],
  gamma: 0.5,
  momentum: 0.9,
  weightDecay: 5e-4,
  margin: { mean: 0.5, std: 0.05 },
  scale: 16,
  identityWeight: 2,
  distillation: { weight: 3, reduction: 'mean' },
  flip: false,
  seed: 1,
};

/** The faces in the order of the plan, with a teacher who gives every identity a vector of its own. */
async function* batches(epoch: number): AsyncGenerator<Batch> {
  for (const views of planEpoch(FACES.length, RECIPE, epoch)) {
    const faces = await Promise.resolve(Array.from(views.samples, sample => FACES[sample]!));
    const identities = [...new Set(FACES.map(({ identity }) => identity))];
    const labels = Int32Array.from(faces, ({ identity }) => identities.indexOf(identity));
    yield {
      ...views,
      count: faces.length,
      labels,
      pixels: Float32Array.from(
        faces.flatMap(({ pixels }) => [...pixels]),
        value => (value - 127.5) / 127.5,
      ),
      teacher: Float32Array.from({ length: faces.length * 8 }, (_, i) => (i % 8 === labels[Math.floor(i / 8)] ? 1 : 0)),
    };
  }
}

const describeNumbers = (samples: Uint32Array) => Promise.resolve(`faces ${[...samples].join()}`);

describe.each(['cpu', 'wasm'] as const)('train() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  function start(learner: Learner, recipe: Partial<Recipe> = {}) {
    return train(tf, learner, { ...RECIPE, ...recipe }, { batches, describe: describeNumbers });
  }

  async function trained(recipe: Partial<Recipe> = {}): Promise<{ weights: Weights; reports: StepReport[] }> {
    const learner = createLearner(tf, BACKBONE, 4, recipe.seed ?? RECIPE.seed);
    const reports: StepReport[] = [];
    for await (const report of start(learner, recipe)) reports.push(report);
    const weights = await readWeights(learner);
    disposeLearner(tf, learner);
    return { weights, reports };
  }

  test('counts steps from 1 and epochs from 0, follows the milestones, and weighs the losses', async () => {
    const { reports } = await trained();
    expect(reports.map(({ step, epoch }) => [step, epoch])).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
      [5, 2],
      [6, 2],
    ]);
    expect(reports.map(({ learningRate }) => learningRate)).toEqual([0.05, 0.05, 0.025, 0.025, 0.0125, 0.0125]);
    for (const { loss, identityLoss, distillationLoss, accuracy } of reports) {
      expect(loss).toBeCloseTo(2 * identityLoss + 3 * distillationLoss, 4);
      expect(distillationLoss).toBeGreaterThan(0);
      // A share of 8 faces.
      expect(accuracy * 8).toBeCloseTo(Math.round(accuracy * 8), 5);
    }
  });

  test('holds as many tensors after every step as after the first, and none of its own at the end', async () => {
    const learner = createLearner(tf, BACKBONE, 4, 1);
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    for await (const { step } of start(learner)) counts[step - 1] = tf.memory().numTensors;
    expect(counts).toHaveLength(6);
    // One velocity for everything that is trained.
    expect(counts).toEqual(counts.map(() => before + learner.trained.length));
    expect(tf.memory().numTensors).toBe(before);
    disposeLearner(tf, learner);
  });

  test('gives the tensors back when nobody wants more steps', async () => {
    const learner = createLearner(tf, BACKBONE, 4, 1);
    const before = tf.memory().numTensors;
    for await (const { step } of start(learner)) if (step === 2) break;
    expect(tf.memory().numTensors).toBe(before);
    disposeLearner(tf, learner);
  });

  test('gives the same weights for the same seed, bit by bit, and others for another', async () => {
    const [first, again, other] = [await trained(), await trained(), await trained({ seed: 2 })];
    expect(again).toEqual(first);
    expect(other.weights.get('d/kernel')).not.toEqual(first.weights.get('d/kernel'));
  });

  test('changes every parameter of the backbone, the running statistics too', async () => {
    const learner = createLearner(tf, BACKBONE, 4, 1);
    const [before, centres] = [await readWeights(learner), await learner.parameters.get(CENTRES)!.data()];
    const first = Float32Array.from(centres);
    const steps = start(learner);
    while (!(await steps.next()).done);
    const after = await readWeights(learner);
    for (const [name, { values }] of before) expect([name, after.get(name)!.values]).not.toEqual([name, values]);
    expect(Float32Array.from(await learner.parameters.get(CENTRES)!.data())).not.toEqual(first);
    disposeLearner(tf, learner);
  });

  test('stops at once at weights that are no numbers, naming step, rate and faces, and gives the tensors back', async () => {
    const learner = createLearner(tf, BACKBONE, 4, 1);
    const kernel = learner.parameters.get('d/kernel')!;
    learner.parameters.set('d/kernel', tf.fill(kernel.shape, NaN));
    kernel.dispose();
    const before = tf.memory().numTensors;
    const failure = start(learner).next();
    await expect(failure).rejects.toMatchObject({ code: 'loss-not-finite', exit: 1 });
    await expect(failure).rejects.toThrow(
      /the loss is NaN .* in step 1 of epoch 0, at learning rate 0\.05; .*: faces (\d+,){7}\d+$/,
    );
    expect(tf.memory().numTensors).toBe(before);
    disposeLearner(tf, learner);
  });
});

describe('createLearner()', () => {
  test('starts students of one seed alike, with centres after everything else that is trained', async () => {
    const tf = await startEngine('cpu');
    const before = tf.memory().numTensors;
    const [one, two] = [createLearner(tf, BACKBONE, 4, 1), createLearner(tf, BACKBONE, 9, 1)];
    expect(await readWeights(two)).toEqual(await readWeights(one));
    expect(one.trained.at(-1)).toBe(CENTRES);
    expect(one.trained).not.toContain('a/bn/mean');
    expect(two.parameters.get(CENTRES)!.shape).toEqual([8, 9]);
    disposeLearner(tf, one);
    disposeLearner(tf, two);
    expect(tf.memory().numTensors).toBe(before);
  });
});
