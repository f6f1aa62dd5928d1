import { expect, test } from '@jest/globals';
import { EXECUTORS } from '../../../src/workflow/executors';
import { chooseExecutor } from '../../../src/workflow/executors/choose-executor';
import { describeExecutor } from '../../contracts/executor';
import { toyExecutorOptions } from '../../helpers/rig';
import { toyRequest } from '../../helpers/toy-request';

for (const name of EXECUTORS.names) {
  describeExecutor(name, () => EXECUTORS.members[name].open(toyExecutorOptions()));
}

// A key stands for certain variables and modules; in the process of the run a stage would see others.
test('chooseExecutor() takes one that has no stage in the process of the run', async () => {
  let ended: unknown;
  const running = chooseExecutor(toyExecutorOptions()).run(await toyRequest('die'), new AbortController().signal);
  await running.forEach(() => undefined).catch((error: unknown) => (ended = error));
  expect(ended).toMatchObject({ code: 'stage-killed' });
});
