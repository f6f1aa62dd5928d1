import { describe, expect, test } from '@jest/globals';
import type { StageEvent } from '../../../src/stage';
import { trainingProgress } from '../../../src/learning/training/training-progress';
import { TOY_RECIPE } from '../../helpers/toy-training';

const REPORT = {
  epoch: 1,
  batch: 1,
  learningRate: 0.1,
  loss: 3.25,
  terms: { head: 2, distance: 0.5 },
  measures: { accuracy: 1 },
  gradientNorm: 10,
  clipFactor: 0.5,
};

/** What is told of a training of so many steps. */
function told(steps: number): StageEvent[] {
  const events: StageEvent[] = [];
  const progress = trainingProgress(steps, TOY_RECIPE, event => events.push(event));
  for (let step = 1; step <= steps; step++) progress.report({ ...REPORT, step });
  return events;
}

describe('trainingProgress()', () => {
  test('reports every step in images, and in a short training what was measured in it', () => {
    const events = told(3);
    expect(events.slice(0, 2)).toEqual([
      { type: 'progress', done: 8, total: 24, unit: 'images', note: 'epoch 2 of 3, loss 3.250' },
      {
        type: 'scalars',
        step: 1,
        values: { loss: 3.25, head: 2, distance: 0.5, accuracy: 1, learningRate: 0.1 },
      },
    ]);
    expect(events).toHaveLength(6);
  });

  test.each([
    [1000, 1000, 1],
    [1999, 1999, 1],
    [2000, 1000, 2],
    [123_457, 1004, 123],
  ])('of %i steps tells the numbers of %i, from step %i to the last', (steps, count, first) => {
    const scalars = told(steps).flatMap(event => (event.type === 'scalars' ? [event.step] : []));
    expect(scalars).toHaveLength(count);
    expect([scalars[0], scalars.at(-1)]).toEqual([first, steps]);
  });

  test('reports where a training resumes', () => {
    const events: StageEvent[] = [];
    trainingProgress(3000, TOY_RECIPE, event => events.push(event)).resume({ step: 1200, epoch: 0, batch: 1200 });
    expect(events).toEqual([{ type: 'resumed', at: 'step 1,200 of 3,000' }]);
  });
});
