import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startHistory } from '../../../src/learning/training/training-history';

const REPORTED = { terms: ['head', 'distance'], measures: ['accuracy'] };

async function historyOf(steps: number) {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-history-'));
  const history = await startHistory(join(folder, 'training.csv'), REPORTED);
  for (let step = 1; step <= steps; step++) {
    const epoch = step <= steps / 2 ? 0 : 1;
    const losses = { loss: 3 * step, terms: { head: 2 * step, distance: step / 10 }, measures: { accuracy: epoch } };
    const used = { learningRate: 0.1 * 0.5 ** epoch, gradientNorm: 8 * step, clipFactor: 5 / 8 / step };
    await history.add({ step, epoch, batch: step, ...used, ...losses });
  }
  const summary = history.summary();
  await history.close();
  return {
    summary,
    lines: (await readFile(join(folder, 'training.csv'), 'utf8')).trim().split('\n'),
  };
}

describe('startHistory()', () => {
  test('writes a line per step and the means over the last epoch', async () => {
    const { lines, summary } = await historyOf(4);
    expect(lines).toEqual([
      'step,epoch,learningRate,loss,head,distance,accuracy,gradientNorm,clipFactor',
      '1,0,0.1,3,2,0.1,0,8,0.625',
      '2,0,0.1,6,4,0.2,0,16,0.3125',
      '3,1,0.05,9,6,0.3,1,24,0.2083333',
      '4,1,0.05,12,8,0.4,1,32,0.15625',
    ]);
    const means = { loss: 10.5, head: 7, distance: 0.35, accuracy: 1 };
    expect(summary).toEqual({ steps: 4, epochs: 2, ...means, clipped: 1 });
  });

  test.each([0, 1, 1000, 1001, 1999, 2000])(
    'continues from the state of another one after %i of 2,000 steps as if it were that one',
    async taken => {
      const folder = await mkdtemp(join(tmpdir(), 'fairdistill-history-'));
      const report = (step: number) => ({
        step,
        epoch: step <= 1000 ? 0 : 1,
        batch: 1,
        ...{ learningRate: 0.1, gradientNorm: step, clipFactor: 1 / step },
        // Numbers that rounding would change.
        ...{ loss: 1 / step, terms: { head: Math.SQRT2 * step, distance: step / 7 }, measures: { accuracy: 1 / 3 } },
      });
      const add = async (history: Awaited<ReturnType<typeof startHistory>>, from: number, to: number) => {
        for (let step = from; step <= to; step++) await history.add(report(step));
      };
      const made = async (history: Awaited<ReturnType<typeof startHistory>>, name: string) => {
        await history.close();
        return [history.summary(), await readFile(join(folder, `${name}.csv`), 'utf8')];
      };
      const whole = await startHistory(join(folder, 'whole.csv'), REPORTED);
      await add(whole, 1, 2000);
      const first = await startHistory(join(folder, 'first.csv'), REPORTED);
      await add(first, 1, taken);
      const state = JSON.parse(JSON.stringify(await first.state())) as Awaited<ReturnType<typeof first.state>>;
      // What the first one does afterwards is not in it.
      await add(first, taken + 1, Math.min(taken + 3, 2000));
      await first.close();
      const second = await startHistory(join(folder, 'second.csv'), REPORTED, state);
      await add(second, taken + 1, 2000);
      expect(await made(second, 'second')).toEqual(await made(whole, 'whole'));
    },
  );
});
