import { EventEmitter } from 'node:events';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listActions, openStore } from '../../src/workflow/store/store';
import { verifyStore } from '../../src/workflow/store/upkeep/verify';
import { openConsole, type ConsoleStream, type TerminalTie } from '../../src/console';
import { listRuns } from '../../src/workflow/history/read-runs';
import { CLOCK, lastOf, stagesOf, temporaryFolder } from '../helpers/rig';
import { recordedRun } from './recorded-run';

/** A terminal takes so many texts and is gone then, or its disk is full, or its reader has left; at each text of a small run in turn. */
const KINDS = [
  { code: 'EIO', isTTY: true, tie: { hasTerminal: true, isIndependent: false }, endsRun: true },
  { code: 'EIO', isTTY: true, tie: { hasTerminal: false, isIndependent: false }, endsRun: false },
  { code: 'EPIPE', isTTY: false, tie: { hasTerminal: true, isIndependent: false }, endsRun: false },
  { code: 'ENOSPC', isTTY: false, tie: { hasTerminal: true, isIndependent: false }, endsRun: false },
] as const;

let folder: string;
let input: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  input = join(folder, 'input');
  mkdirSync(input);
  writeFileSync(join(input, 'a.txt'), 'a');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('a run whose terminal', () => {
  for (const kind of KINDS) {
    const { code, tie, endsRun } = kind;
    const name = `fails with ${code} at each of its texts in turn (${tie.hasTerminal ? 'its own' : 'set apart'})`;
    test(
      `${name} ${endsRun ? 'ends cleanly, and the next one goes on' : 'goes on to its end'}`,
      () => sweep(kind),
      240_000,
    );
  }
});

async function sweep({ code, isTTY, tie, endsRun }: (typeof KINDS)[number]): Promise<void> {
  const { digests } = await runOn('undisturbed', { code, isTTY, after: Infinity, tie });
  let [ended, done, kept, again] = [0, 0, 0, 0];
  for (let after = 0; ; after++) {
    const { root, last, texts } = await runOn(`${code}-${tie.hasTerminal}-${after}`, { code, isTTY, after, tie });
    const isOver = texts <= after;
    const [record] = await listRuns(root);
    expect(record).toMatchObject({ outcome: last.outcome, exit: last.exit, finished: expect.any(String) });
    if (last.outcome === 'done') done++;
    else {
      expect([endsRun, last.outcome, last.exit]).toEqual([true, 'interrupted', 5]);
      ended++;
    }
    const store = await openStore(root, CLOCK);
    expect([readdirSync(store.temporary), readdirSync(store.leases)]).toEqual([[], []]);
    const { events } = await recordedRun(root, input);
    expect(lastOf(events).outcome).toBe('done');
    expect(await digestsIn(root)).toEqual(digests);
    expect((await verifyStore(store, { repair: false, onProgress: () => undefined })).problems).toEqual([]);
    kept += stagesOf(events, 'stage-reused').length;
    again += stagesOf(events, 'stage-finished').length;
    rmSync(root, { recursive: true });
    if (isOver) break;
  }
  process.stdout.write(
    `faults: terminal ${code}${tie.hasTerminal ? '' : ' (set apart)'} at ${ended + done} texts; ${ended} runs ended by it, ${done} came through; ` +
      `then ${kept} stages reused, ${again} executed\n`,
  );
  expect(ended + done).toBeGreaterThan(5);
  expect(ended > 0).toBe(endsRun);
  // All that had been finished before was kept: what is left is what was not reached.
  if (endsRun) expect(Math.min(kept, again)).toBeGreaterThan(0);
}

interface Failing {
  readonly code: string;
  readonly isTTY: boolean;
  /** How many texts it takes before. */
  readonly after: number;
  readonly tie: TerminalTie;
}

async function runOn(name: string, { code, isTTY, after, tie }: Failing) {
  const root = join(folder, name);
  let texts = 0;
  const stream = (): ConsoleStream => {
    const own = new EventEmitter();
    const fail = (): unknown => own.emit('error', Object.assign(new Error(`${code}: write`), { code }));
    // As Node does it: a moment after the write.
    const write = (): unknown => ++texts > after && process.nextTick(fail);
    return Object.assign(own, { isTTY, columns: 80, write });
  };
  const console = openConsole({ stdout: stream(), stderr: stream() }, tie);
  const { events } = await recordedRun(root, input, { console });
  return { root, texts, last: lastOf(events), digests: await digestsIn(root) };
}

async function digestsIn(root: string): Promise<Record<string, string>> {
  const actions = await listActions(await openStore(root, CLOCK));
  return Object.fromEntries(actions.map(({ step, digest }): [string, string] => [step, digest]).sort());
}
