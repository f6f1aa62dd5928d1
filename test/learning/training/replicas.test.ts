import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { EngineName } from '../../../src/learning/engines';
import type { Tf } from '../../../src/learning/engines/engine';
import type { Weights } from '../../../src/learning/networks';
import type { Batch } from '../../../src/learning/training/batch';
import { createLearner, disposeLearner, readWeights, type Learner } from '../../../src/learning/training/learner';
import type { StepReport, TrainingInput } from '../../../src/learning/training/loop';
import type { Recipe } from '../../../src/learning/training/recipe';
import { refuseReplicas, trainReplicas } from '../../../src/learning/training/replicas/train-replicas';
import { relativeDifference } from '../../helpers/engines';
import {
  TOY_BACKBONE as BACKBONE,
  CENTRES,
  TOY_RECIPE as RECIPE,
  TOY_STEPS,
  toyBatches,
} from '../../helpers/toy-training';

const EXEC_ARGV = ['-r', join(__dirname, '..', '..', 'helpers', 'register-typescript.js')];
const describeNumbers = (samples: Uint32Array) => Promise.resolve(`faces ${[...samples].join()}`);

describe.each<EngineName>(['wasm', 'cpu'])('trainReplicas() on %s', engine => {
  let tf: Tf;
  beforeAll(async () => {
    tf = await startEngine(engine);
  });

  function start(learner: Learner, replicas: number, input: Partial<TrainingInput> = {}, recipe: Partial<Recipe> = {}) {
    const given = { batches: toyBatches, stepsAnEpoch: TOY_STEPS, describe: describeNumbers, ...input };
    return trainReplicas(tf, learner, { ...RECIPE, ...recipe }, given, { replicas, engine, execArgv: EXEC_ARGV });
  }

  async function trained(
    replicas: number,
  ): Promise<{ weights: Weights; centres: Float32Array; reports: StepReport[] }> {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    const reports: StepReport[] = [];
    for await (const report of start(learner, replicas)) reports.push(report);
    const centres = Float32Array.from(await learner.parameters.get(CENTRES)!.data());
    const weights = await readWeights(learner);
    disposeLearner(tf, learner);
    return { weights, centres, reports };
  }

  test.each([2, 4])('gives with %i replicas what one gives, up to rounding', async replicas => {
    const [one, several] = [await trained(1), await trained(replicas)];
    expect(several.reports).toHaveLength(6);
    for (const [i, { loss, measures, ...at }] of one.reports.entries()) {
      const found = several.reports[i]!;
      expect(found).toMatchObject({ step: at.step, epoch: at.epoch, learningRate: at.learningRate });
      expect(found.loss / loss).toBeCloseTo(1, 4);
      expect(Object.keys(found.terms)).toEqual(['elastic-arcface', 'embedding-mse']);
      for (const [name, value] of Object.entries(found.terms)) expect(value / at.terms[name]!).toBeCloseTo(1, 4);
      expect(found.measures['accuracy']).toBeCloseTo(measures['accuracy']!, 6);
    }
    expect(relativeDifference(several.centres, one.centres)).toBeLessThan(1e-4);
    for (const [name, { values }] of one.weights) {
      // A shift in front of batch normalisation has no gradient: what is left of it is rounding.
      if (name === 'd/bias') continue;
      expect([name, relativeDifference(several.weights.get(name)!.values, values)]).toEqual([
        name,
        expect.closeTo(0, 3.5),
      ]);
    }
  });

  test('gives the same bits every time', async () => {
    expect(await trained(2)).toEqual(await trained(2));
  });

  test('leaves no tensor behind, also when nobody wants more steps', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    const before = tf.memory().numTensors;
    const counts: number[] = [];
    for await (const { step } of start(learner, 2)) {
      counts.push(tf.memory().numTensors);
      if (step === 3) break;
    }
    expect(counts).toEqual(Array(3).fill(before + learner.trained.length));
    expect(tf.memory().numTensors).toBe(before);
    disposeLearner(tf, learner);
  });

  /** The toy batches, the second with a part for the last replica that is changed. */
  const spoilt = (change: (part: Float32Array) => Float32Array) =>
    async function* (epoch: number): AsyncGenerator<Batch> {
      let count = 0;
      for await (const batch of toyBatches(epoch)) {
        const slice = (from: number, to: number): Float32Array => {
          const part = batch.pixels.subarray(from, to).slice();
          return from > 0 ? change(part) : part;
        };
        yield ++count === 2 ? { ...batch, pixels: Object.assign(batch.pixels.slice(), { slice }) } : batch;
      }
    };

  test('stops at a loss that is no number in one part only, names the faces of all, and keeps the weights', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    const steps = start(learner, 2, { batches: spoilt(part => part.fill(NaN)) });
    await steps.next();
    const before = await readWeights(learner);
    const failure = steps.next();
    await expect(failure).rejects.toMatchObject({ code: 'loss-not-finite' });
    await expect(failure).rejects.toThrow(/the loss is NaN .* in step 2 of epoch 0, .*: faces (\d+,){7}\d+$/);
    expect(await readWeights(learner)).toEqual(before);
    disposeLearner(tf, learner);
  });

  test('stops with what another replica threw', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    const steps = start(learner, 4, { batches: spoilt(part => part.subarray(0, 5).slice()) });
    await steps.next();
    await expect(steps.next()).rejects.toThrow(/should have 1536 values but has 5$/m);
    disposeLearner(tf, learner);
  });

  test('stops the others when this replica throws', async () => {
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);

    async function* broken(): AsyncGenerator<Batch> {
      throw await Promise.resolve(new Error('the disk is gone'));
    }
    await expect(start(learner, 2, { batches: broken }).next()).rejects.toThrow('the disk is gone');
    disposeLearner(tf, learner);
  });
});

describe('trainReplicas()', () => {
  test('rejects when a thread ends before it has started', async () => {
    const tf = await startEngine('cpu');
    const learner = createLearner(tf, BACKBONE, 4, RECIPE);
    const input = { batches: toyBatches, stepsAnEpoch: TOY_STEPS, describe: describeNumbers };
    const execArgv = ['-r', require.resolve('../../helpers/exit-at-once')];
    const failure = trainReplicas(tf, learner, RECIPE, input, { replicas: 2, engine: 'cpu', execArgv }).next();
    await expect(failure).rejects.toThrow('Replica 1 of the training ended with exit code 7');
    disposeLearner(tf, learner);
  });
});

describe('refuseReplicas()', () => {
  test.each<[EngineName, number, number, string]>([
    ['onednn', 8, 2, 'replicas-unavailable'],
    ['tensorflow', 8, 2, 'replicas-unavailable'],
    ['webgpu', 8, 2, 'replicas-unavailable'],
    ['wasm', 8, 3, 'batch-not-divisible'],
    ['wasm', 2, 4, 'batch-not-divisible'],
  ])('refuses on %s a batch of %i in %i replicas', async (engine, batch, replicas, code) => {
    await expect(refuseReplicas({ ...RECIPE, batch }, { replicas, engine })).rejects.toMatchObject({
      name: 'UserError',
      code,
    });
  });

  test('takes one replica on every engine, and says what batch could be divided', async () => {
    await expect(refuseReplicas({ ...RECIPE, batch: 7 }, { replicas: 1, engine: 'onednn' })).resolves.toBeUndefined();
    await expect(refuseReplicas({ ...RECIPE, batch: 7 }, { replicas: 3, engine: 'wasm' })).rejects.toThrow(
      '`batch` to 9',
    );
  });
});
