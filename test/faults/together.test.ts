import { mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStore } from '../../src/workflow/store/store';
import { picturesIn } from '../../src/workflow/store/objects/pictures';
import { verifyStore } from '../../src/workflow/store/upkeep/verify';
import type { RunEvent } from '../../src/workflow/run/events';
import { CLOCK, stagesOf } from '../helpers/rig';
import { buildProgram, told, type Program } from './build-program';

const PROCESSES = 8;
const ROUNDS = 5;

let program: Program;

beforeAll(() => {
  program = buildProgram();
});

afterAll(() => rmSync(program.folder, { recursive: true }));

describe('eight processes that start the same pipeline at once', () => {
  test('execute every stage once, and all come to the same end', async () => {
    const input = join(program.folder, 'input');
    mkdirSync(input);
    writeFileSync(join(input, 'a.txt'), 'a');
    let [executed, reused, waited] = [0, 0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      const root = join(program.folder, `store-${round}`);
      const runs = await Promise.all(
        Array.from({ length: PROCESSES }, () =>
          told<RunEvent>(program, ['run', root, input], ['env', 'FAULT_SLOW_MS=400']),
        ),
      );
      expect(runs.map(({ code }) => code)).toEqual(Array(PROCESSES).fill(0));
      const events = runs.flatMap(({ lines }) => lines);
      expect(stagesOf(events, 'stage-finished').sort()).toEqual(['a', 'b', 'c', 'd']);
      const digests = (stage: string) =>
        new Set(events.flatMap(event => ('digest' in event && event.stage === stage ? [event.digest] : [])));
      expect(['a', 'b', 'c', 'd'].map(stage => digests(stage).size)).toEqual([1, 1, 1, 1]);
      executed += stagesOf(events, 'stage-finished').length;
      reused += stagesOf(events, 'stage-reused').length;
      waited += stagesOf(events, 'stage-waiting').length;
      const store = await openStore(root, CLOCK);
      expect((await verifyStore(store, { repair: false, onProgress: () => undefined })).problems).toEqual([]);
      expect([readdirSync(store.temporary), readdirSync(store.leases)]).toEqual([[], []]);
    }
    process.stdout.write(
      `faults: ${ROUNDS} times ${PROCESSES} processes at once, 4 stages: ${executed} executed, ${reused} reused, ${waited} waits\n`,
    );
    expect([executed, reused]).toEqual([4 * ROUNDS, 4 * ROUNDS * (PROCESSES - 1)]);
    // They did meet.
    expect(waited).toBeGreaterThan(0);
  }, 120_000);

  test('draw the same pictures at once, which end whole', async () => {
    const input = join(program.folder, 'drawn-input');
    mkdirSync(input);
    writeFileSync(join(input, 'a.txt'), 'a');
    const root = join(program.folder, 'drawn');
    await told(program, ['run', root, input]);
    const artifact = realpathSync(join(root, 'toy', 'a'));
    let drew = 0;
    for (let round = 0; round < ROUNDS; round++) {
      rmSync(join(artifact, 'pictures'), { recursive: true });
      const one = () => told<RunEvent>(program, ['run', root, input], ['env', 'FAULT_SLOW_MS=400']);
      const all = Array.from({ length: PROCESSES }, one);
      const events = (await Promise.all(all)).flatMap(({ lines }) => lines);
      const said = events.flatMap(event => (event.type === 'stage-log' ? [event.text] : []));
      expect(said.filter(text => text !== 'pictures drawn: 1 file')).toEqual([]);
      expect(stagesOf(events, 'stage-started')).toEqual([]);
      expect(picturesIn(artifact).map(({ file }) => file)).toEqual(['text.svg']);
      expect(readdirSync(join(root, '.store', 'tmp'))).toEqual([]);
      drew += said.length;
    }
    process.stdout.write(`faults: ${ROUNDS} times ${PROCESSES} processes at once, pictures drawn ${drew} times\n`);
    // They did meet.
    expect(drew).toBeGreaterThan(ROUNDS);
  }, 120_000);
});
