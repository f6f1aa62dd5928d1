import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { RunEvent } from '../../../src/workflow/run/events';
import type { AnyStage } from '../../../src/stage';
import { lastOf, runToEnd, stagesOf, temporaryFolder, textOf, toyPipeline } from '../../helpers/rig';
import { readTexts, TOYS, toyStage, writeText } from '../../helpers/toy-stages';

/** As `say`, but one that looks what there is in the folder that it reads. */
const LISTING = toyStage('list', async context => writeText(context, `${await readTexts(context)}listed `), {
  inputs: { texts: { type: 'text', summary: 'Texts to read', optional: true, many: true, isListed: true } },
});
const STAGES: Readonly<Record<string, AnyStage>> = { ...TOYS, list: LISTING };

let artifacts: string;

beforeEach(async () => {
  artifacts = join(await temporaryFolder(), 'artifacts');
});

const run = (uses: 'say' | 'list', word: string): Promise<RunEvent[]> => {
  const second = uses === 'say' ? { uses, from: ['a'], with: { word } } : { uses, from: ['a'] };
  return runToEnd(toyPipeline({ a: { uses: 'say', with: { word: 'a' } }, b: second }, STAGES), artifacts);
};

describe('a run that finds what somebody has put into an artifact', () => {
  test('says so, takes the artifact, and makes nothing again', async () => {
    await run('say', 'b');
    writeFileSync(join(artifacts, 'toy', 'a', '.DS_Store'), '');
    writeFileSync(join(artifacts, 'toy', 'a', 'text', 'note.txt'), 'the good one');
    for (let times = 0; times < 2; times++) {
      const events = await run('say', 'b');
      expect(lastOf(events)).toMatchObject({ outcome: 'done', reused: 2, executed: 0 });
      const said = events.flatMap(event => (event.type === 'stage-log' ? [`${event.stage}: ${event.text}`] : []));
      expect(said).toEqual([expect.stringMatching(/^a: .*\.DS_Store and 1 more does not belong .* is ignored/)]);
    }
    expect(lastOf(await run('say', 'c'))).toMatchObject({ outcome: 'done', reused: 1, executed: 1 });
    expect(await textOf(artifacts, 'b')).toBe('a c ');
  });

  test('refuses to let a stage read it that lists the folder, says where it lies, and goes on when it is gone', async () => {
    await run('say', 'b');
    const put = { litter: join('text', '.DS_Store'), note: join('text', 'note.txt'), folder: join('text', 'more') };
    const place = (name: keyof typeof put) => join(artifacts, 'toy', 'a', put[name]);
    writeFileSync(place('litter'), '');
    for (const name of ['note', 'folder'] as const) {
      if (name === 'note') writeFileSync(place(name), '');
      else mkdirSync(place(name));
      const events = await run('list', '');
      expect(stagesOf(events, 'stage-failed')).toEqual(['b']);
      const failed = events.find(event => event.type === 'stage-failed');
      expect(failed).toMatchObject({
        error: { code: 'stranger-in-input', message: expect.stringContaining(put[name]) },
      });
      rmSync(place(name), { recursive: true });
    }
    // What file managers leave behind is read by nobody.
    expect(lastOf(await run('list', ''))).toMatchObject({ outcome: 'done', reused: 1, executed: 1 });
  });
});
