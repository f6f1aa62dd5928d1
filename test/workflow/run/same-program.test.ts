import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RunEvent } from '../../../src/workflow/run/events';
import type { ProgramOf } from '../../../src/workflow/keys/program';
import { lastOf, runToEnd, temporaryFolder, textOf, toyPipeline } from '../../helpers/rig';
import { toyStage, writeText } from '../../helpers/toy-stages';

let artifacts: string;
/** What is installed now. */
let versions: { sharp: string; long: string };
let executions: number;
let whileWorking: () => void;
beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
  versions = { sharp: '0.35.5', long: '4.0.0' };
  executions = 0;
  whileWorking = () => undefined;
});

const paint = toyStage('paint', async context => {
  executions++;
  const path = join(context.checkpoints.folder, 'begun');
  const before = await readFile(path, 'utf8').catch(() => 'from the start');
  await writeFile(path, `with ${versions.sharp}`);
  whileWorking();
  await writeText(context, before);
});

const look = (): ProgramOf => {
  const { sharp, long } = versions;
  return () => ({ modules: { 'node_modules/long': long }, runtime: { 'runtime.libraries.sharp': sharp } });
};
const run = (program = look()): Promise<RunEvent[]> =>
  runToEnd(toyPipeline({ one: { uses: 'paint' } }, { paint }), artifacts, { program, programNow: look });
const failureOf = (events: readonly RunEvent[]) => events.find(event => event.type === 'stage-failed');
const checkpoints = (): Promise<string[]> => readdir(join(artifacts, '.store', 'checkpoints'));

describe('what runs a stage', () => {
  test('is as it was: the result is kept', async () => {
    expect(lastOf(await run())).toMatchObject({ outcome: 'done', executed: 1 });
  });

  test('was changed before its turn: nothing is run, and what an earlier attempt has left stays', async () => {
    const before = look();
    whileWorking = () => {
      throw new Error('fell over');
    };
    await run();
    versions.sharp = '0.36.0';
    expect(failureOf(await run(before))).toMatchObject({
      error: {
        code: 'code-changed',
        class: 'cancelled',
        message: expect.stringContaining('runtime.libraries.sharp changed'),
      },
    });
    expect([executions, (await checkpoints()).length]).toEqual([1, 1]);
    expect(await readdir(join(artifacts, '.store', 'actions'))).toEqual([]);
  });

  test('was changed while it worked: nothing is kept, and the next attempt begins anew', async () => {
    const before = look();
    whileWorking = () => (versions.long = '5.0.0');
    expect(failureOf(await run(before))).toMatchObject({
      error: { code: 'code-changed-midway', message: expect.stringContaining('node_modules/long changed') },
    });
    expect(await readdir(join(artifacts, '.store', 'actions'))).toEqual([]);
    expect(await checkpoints()).toEqual([]);
    versions.long = '4.0.0';
    whileWorking = () => undefined;
    expect(lastOf(await run(before))).toMatchObject({ outcome: 'done', executed: 1 });
    expect(await textOf(artifacts, 'one')).toBe('from the start');
  });
});
