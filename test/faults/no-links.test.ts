import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { namedObject, shownFolder } from '../../src/workflow/store/names';
import { openStore } from '../../src/workflow/store/store';
import { locateArtifact } from '../../src/commands/shared/locate';
import type { RunEvent } from '../../src/workflow/run/events';
import { CLOCK, lastOf, temporaryFolder } from '../helpers/rig';
import { buildProgram, told, type Program } from './build-program';
import type { SweepReport } from './program';

/** Every so-manieth call: all of them are swept where there are links, and what differs comes with every stage. */
const STRIDE = 7;

let program: Program;
let folder: string;
let input: string;

beforeAll(async () => {
  program = buildProgram();
  folder = await temporaryFolder();
  input = join(folder, 'input');
  mkdirSync(input);
  writeFileSync(join(input, 'a.txt'), 'a');
});

afterAll(() => {
  rmSync(program.folder, { recursive: true });
  rmSync(folder, { recursive: true });
});

describe('a file system without links', () => {
  test('holds a store: files name the results, all commands find them there, and the next run reuses them', async () => {
    const root = join(folder, 'store');
    const run = () => told<RunEvent>(program, ['run', root, input], ['env', `FAULT_NO_LINKS=${folder}`]);
    const first = await run();
    expect([first.code, lastOf(first.lines)]).toMatchObject([0, { outcome: 'done', executed: 4, warnings: [] }]);

    const store = await openStore(root, CLOCK);
    const object = namedObject(store, 'toy', 'd')!;
    expect(lstatSync(join(root, 'toy', 'd')).isFile()).toBe(true);
    expect(readFileSync(join(shownFolder(store, 'toy', 'd'), 'text', 'text.txt'), 'utf8')).toBe('a slowly ac d ');
    const where = { cwd: folder, store, actions: [] };
    expect(locateArtifact('toy/d', where)).toMatchObject({ object, file: null });
    expect(locateArtifact('store/toy/d/text/text.txt', where)).toMatchObject({ object, file: 'text/text.txt' });
    expect(readFileSync(join(root, 'toy', 'index.html'), 'utf8')).toContain(`../.store/objects/${object}/log.txt`);
    const { folder: shown } = first.lines.find(event => event.type === 'stage-finished' && event.stage === 'd') as {
      folder: string;
    } & RunEvent;
    expect(shown).toBe(join(store.objects, object));

    const second = await run();
    expect(lastOf(second.lines)).toMatchObject({ outcome: 'done', reused: 4, warnings: [] });
  });

  test('takes a kill at any call, and the next run ends as if nothing had happened', async () => {
    const base = join(program.folder, 'no-links');
    const args = ['sweep', 'kill', base, '0', String(STRIDE)];
    const { lines } = await told<SweepReport>(program, args, ['env', `FAULT_NO_LINKS=${base}`]);
    const { faults, calls, failed, kept, executed, twice, wrong } = lines[0]!;
    process.stdout.write(
      `faults: kill without links ${faults} of ${calls} calls; ${failed} runs ended by it; ` +
        `then ${kept} stages reused, ${executed} executed, ${twice} of them for a second time\n`,
    );
    expect(wrong).toEqual([]);
    expect(Math.min(faults, kept, executed)).toBeGreaterThan(10);
  }, 480_000);
});
