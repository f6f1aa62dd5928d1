import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import { createLearner, disposeLearner, type Learner } from '../../../src/learning/training/learner';
import { train, type StepReport } from '../../../src/learning/training/loop';
import type { Recipe, TermChoice } from '../../../src/learning/training/recipe';
import { reportedOf, taughtTerms, termsOf } from '../../../src/learning/training/terms';
import { TOY_BACKBONE, TOY_CLASSES, TOY_RECIPE, TOY_STEPS, toyBatches } from '../../helpers/toy-training';
import { TEST_ENGINES } from '../../helpers/usable-engines';

const [HEAD, DISTANCE] = TOY_RECIPE.terms as readonly [TermChoice, TermChoice];
const weighing = (term: TermChoice, weight: number): TermChoice => ({ ...term, weight });

describe('termsOf()', () => {
  test('tells terms of one loss apart by a number, and what they measure too', () => {
    expect(reportedOf(termsOf([HEAD, DISTANCE, HEAD, DISTANCE, DISTANCE]))).toEqual({
      terms: ['elastic-arcface', 'embedding-mse', 'elastic-arcface-2', 'embedding-mse-2', 'embedding-mse-3'],
      measures: ['accuracy', 'accuracy-2'],
    });
  });

  test('keeps a term of weight 0, which is measured, but none that needs a teacher', () => {
    const terms = termsOf([weighing(HEAD, 0), weighing(DISTANCE, 0), weighing(DISTANCE, 5)]);
    expect(terms.map(({ name, weight }) => [name, weight])).toEqual([
      ['elastic-arcface', 0],
      ['embedding-mse', 5],
    ]);
    expect(taughtTerms([HEAD, weighing(DISTANCE, 0)])).toEqual([]);
  });
});

describe.each(TEST_ENGINES)('a training on %s', engine => {
  async function trained(terms: readonly TermChoice[]): Promise<{ reports: StepReport[]; learner: Learner }> {
    const tf = await startEngine(engine, { threads: 1 });
    const recipe: Recipe = { ...TOY_RECIPE, terms, epochs: 1 };
    const learner = createLearner(tf, TOY_BACKBONE, TOY_CLASSES, recipe);
    const reports: StepReport[] = [];
    const input = { batches: toyBatches, stepsAnEpoch: TOY_STEPS, describe: () => Promise.resolve('') };
    for await (const report of train(tf, learner, recipe, input)) reports.push(report);
    return { reports, learner };
  }
  const give = async ({ learner }: { learner: Learner }): Promise<void> =>
    disposeLearner(await startEngine(engine, { threads: 1 }), learner);
  const values = ({ parameters }: Learner, name: string): Float32Array =>
    Float32Array.from((parameters.get(name) as Tensor).dataSync());

  test('learns from a teacher alone, without class centres', async () => {
    const run = await trained([DISTANCE]);
    expect([...run.learner.parameters.keys()].filter(name => name.startsWith('terms/'))).toEqual([]);
    for (const { terms, measures, loss } of run.reports) {
      expect([Object.keys(terms), measures]).toEqual([['embedding-mse'], {}]);
      expect(loss).toBeCloseTo(3 * terms['embedding-mse']!, 5);
    }
    await give(run);
  });

  test('does not depend on how its weight is spread over equal terms', async () => {
    const [one, two] = [
      await trained([weighing(DISTANCE, 4)]),
      await trained([weighing(DISTANCE, 1), weighing(DISTANCE, 3)]),
    ];
    for (const [i, { loss, terms }] of two.reports.entries()) {
      expect(loss / one.reports[i]!.loss).toBeCloseTo(1, 4);
      expect(terms['embedding-mse-2']).toBe(terms['embedding-mse']);
    }
    await give(one);
    await give(two);
  });

  test('has class centres for each head, and those of the first as if it were alone', async () => {
    const places = ['terms/elastic-arcface/centres', 'terms/elastic-arcface-2/centres'];
    const tf = await startEngine(engine, { threads: 1 });
    const [one, two] = [[HEAD], [HEAD, HEAD]].map(terms =>
      createLearner(tf, TOY_BACKBONE, TOY_CLASSES, { ...TOY_RECIPE, terms }),
    ) as [Learner, Learner];
    expect(two.trained.filter(({ clip }) => !clip).map(({ name }) => name)).toEqual(places);
    expect(values(two, places[0]!)).toEqual(values(one, places[0]!));
    expect(values(two, places[1]!)).not.toEqual(values(two, places[0]!));
    disposeLearner(tf, one);
    disposeLearner(tf, two);
  });

  test('learns nothing from a head of weight 0, and measures it', async () => {
    const heads = [16, 64].map(scale => ({ ...weighing(HEAD, 0), scale }));
    const [one, other] = [await trained([heads[0]!, DISTANCE]), await trained([heads[1]!, DISTANCE])];
    for (const [i, { loss, gradientNorm, terms, measures }] of one.reports.entries()) {
      expect(other.reports[i]).toMatchObject({ loss, gradientNorm });
      expect(other.reports[i]!.terms['elastic-arcface']).not.toBe(terms['elastic-arcface']);
      expect(measures['accuracy']! * TOY_RECIPE.batch).toBeCloseTo(Math.round(measures['accuracy']! * 8), 5);
    }
    await give(one);
    await give(other);
  });
});
