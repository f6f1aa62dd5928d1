import { beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Tf } from '../../../src/learning/engines/engine';
import type { Weights } from '../../../src/learning/networks';
import type { Batch } from '../../../src/learning/training/batch';
import { createLearner, disposeLearner, readWeights, type Learner } from '../../../src/learning/training/learner';
import { train, type StepReport, type TrainingInput } from '../../../src/learning/training/loop';
import {
  TOY_BACKBONE as BACKBONE,
  CENTRES,
  TOY_RECIPE as RECIPE,
  TOY_STEPS,
  toyBatches,
} from '../../helpers/toy-training';
import { changed, type RecipeChanges } from '../../helpers/recipes';
import { TEST_ENGINES } from '../../helpers/usable-engines';

const describeNumbers = (samples: Uint32Array) => Promise.resolve(`faces ${[...samples].join()}`);

describe.each(TEST_ENGINES)('train() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine, { threads: 1 });
  });

  function start(learner: Learner, recipe: RecipeChanges = {}, input: Partial<TrainingInput> = {}) {
    const given = { batches: toyBatches, stepsAnEpoch: TOY_STEPS, describe: describeNumbers, ...input };
    return train(tf, learner, changed(RECIPE, recipe), given);
  }

  const setTo = (learner: Learner, name: string, value: number): void => {
    const old = learner.parameters.get(name)!;
    learner.parameters.set(name, tf.fill(old.shape, value));
    old.dispose();
  };

  async function trained(recipe: RecipeChanges = {}): Promise<{ weights: Weights; reports: StepReport[] }> {
    const learner = createLearner(tf, BACKBONE, 4, changed(RECIPE, recipe));
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
    for (const { loss, terms, measures, gradientNorm, clipFactor } of reports) {
      const [identity, distance] = [terms['elastic-arcface']!, terms['embedding-mse']!];
      expect(gradientNorm).toBeGreaterThan(0);
      expect(clipFactor).toBeCloseTo(Math.min(1, 5 / gradientNorm), 5);
      expect(loss).toBeCloseTo(2 * identity + 3 * distance, 4);
      expect(distance).toBeGreaterThan(0);
      // A share of 8 faces.
      expect(measures['accuracy']! * 8).toBeCloseTo(Math.round(measures['accuracy']! * 8), 5);
    }
  });

  test('holds as many tensors after every step as after the first, and none of its own at the end', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
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
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
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
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
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
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    setTo(learner, 'd/kernel', NaN);
    const before = tf.memory().numTensors;
    const failure = start(learner).next();
    await expect(failure).rejects.toMatchObject({ code: 'loss-not-finite', exit: 1 });
    await expect(failure).rejects.toThrow(
      /the loss is NaN .* in step 1 of epoch 0, at learning rate 0\.05; .*: faces (\d+,){7}\d+$/,
    );
    expect(tf.memory().numTensors).toBe(before);
    disposeLearner(tf, learner);
  });

  /** The toy batches, the second with pixels that are no numbers. */
  async function* spoilt(epoch: number): AsyncGenerator<Batch> {
    let count = 0;
    for await (const batch of toyBatches(epoch)) {
      yield ++count === 2 ? { ...batch, pixels: batch.pixels.map(() => NaN) } : batch;
    }
  }

  test('does not take the step whose loss is no number, keeps the weights before it, and says where', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    const kept: [Weights, number][] = [];
    const keep = (weights: Weights, step: number) => {
      kept.push([weights, step]);
      return Promise.resolve('the attic');
    };
    const steps = start(learner, {}, { batches: spoilt, keep });
    await steps.next();
    const before = await readWeights(learner);
    const centres = Float32Array.from(await learner.parameters.get(CENTRES)!.data());
    await expect(steps.next()).rejects.toThrow(
      /the loss is NaN .* in step 2 of epoch 0, .*; the weights before that step are in the attic; lower the learning rate/,
    );
    expect(kept).toEqual([[before, 2]]);
    expect(await readWeights(learner)).toEqual(before);
    expect(Float32Array.from(await learner.parameters.get(CENTRES)!.data())).toEqual(centres);
    disposeLearner(tf, learner);
  });

  test('does not take a step whose gradients are not finite though its loss is', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    // Embeddings of zeros: the gradient of their direction is 1e12, times the weight more than float32 holds.
    setTo(learner, 'd/bn/gamma', 0);
    const before = await readWeights(learner);
    const tensors = tf.memory().numTensors;
    const failure = start(learner, { distance: { weight: 1e30 } }).next();
    await expect(failure).rejects.toMatchObject({ code: 'loss-not-finite' });
    await expect(failure).rejects.toThrow(
      /the loss is [\d.e+]+, but the lengths of its gradients are (Infinity|NaN) \(backbone\) .* in step 1 of epoch 0/,
    );
    expect(await readWeights(learner)).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    disposeLearner(tf, learner);
  });

  test('does not take a step whose statistics are not finite though its loss is', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    // Values of 1e25 have a variance that float32 does not hold; divided by it they are 0, and the loss is finite.
    setTo(learner, 'a/kernel', 1e25);
    const before = await readWeights(learner);
    const failure = start(learner).next();
    await expect(failure).rejects.toThrow(
      /the loss is [\d.e+]+, but .* is (Infinity|NaN), want finite ones, in step 1/,
    );
    expect(await readWeights(learner)).toEqual(before);
    disposeLearner(tf, learner);
  });

  test('keeps no weights that are not finite themselves, and says so', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    setTo(learner, 'd/kernel', Infinity);
    const keep = () => Promise.reject(new Error('must not be called'));
    await expect(start(learner, {}, { keep }).next()).rejects.toThrow('are not finite either (d/kernel)');
    disposeLearner(tf, learner);
  });
});

describe('createLearner()', () => {
  test('starts students of one seed alike, with centres after everything else that is trained', async () => {
    const tf = await startEngine('cpu');
    const before = tf.memory().numTensors;
    const [one, two] = [createLearner(tf, BACKBONE, 4, RECIPE), createLearner(tf, BACKBONE, 9, RECIPE)];
    expect(await readWeights(two)).toEqual(await readWeights(one));
    expect(one.trained.at(-1)).toEqual({ name: CENTRES, clip: false, decay: true });
    expect(one.trained.map(({ name }) => name)).not.toContain('a/bn/mean');
    expect(two.parameters.get(CENTRES)!.shape).toEqual([8, 9]);
    disposeLearner(tf, one);
    disposeLearner(tf, two);
    expect(tf.memory().numTensors).toBe(before);
  });
});
