import { expect, test } from '@jest/globals';
import { openRunRecorder, type RunRecorderOptions } from '../../../src/commands/run/run-recorder';
import { processEffects } from '../../../src/effects';
import { temporaryFolder, toyPipeline } from '../../helpers/rig';
import { TOYS } from '../../helpers/toy-stages';

const pipeline = toyPipeline({ 'one@a=1': { uses: 'say' }, two: { uses: 'say' } }, TOYS);

/** What a run with these options says about running one stage again. */
async function rerunOf(step: string, options: Partial<RunRecorderOptions>): Promise<string> {
  const nothing = (): void => undefined;
  const root = await temporaryFolder();
  const effects = { ...processEffects(), env: { PATH: '/nowhere' }, cwd: '/' };
  const whole = { artifacts: 'artifacts', typed: ['run', 'toy'], ...options };
  const logger = { log: nothing, warn: nothing, close: nothing };
  const recorder = openRunRecorder(root, pipeline, { engine: '', logger }, whole, effects);
  await recorder.finish({ outcome: 'failed', exit: 1 });
  return recorder.identity.rerun(step);
}

test('the command that runs one stage again is about this stage only, with the same settings', async () => {
  const set = { seed: '2' };
  expect(await rerunOf('two', { set })).toBe('pipeline run toy.yaml two --only --set seed=2');
});

test('a stage that was forced is forced again, or its old result would be taken', async () => {
  expect(await rerunOf('two', { force: true })).toBe('pipeline run toy.yaml two --only --force');
  expect(await rerunOf('two', { force: ['one'] })).not.toContain('--force');
  expect(await rerunOf('one@a=1', { force: ['one'] })).toContain('--force');
});
