import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { openStore, type Store } from '../../src/workflow/store/store';
import { verifyStore } from '../../src/workflow/store/upkeep/verify';
import { compareRuns } from '../../src/workflow/history/compare';
import { compareText } from '../../src/workflow/history/compare-text';
import { listRuns } from '../../src/workflow/history/read-runs';
import { runsText } from '../../src/workflow/history/runs-text';
import type { RunEvent } from '../../src/workflow/run/events';
import { silentForMs } from '../../src/kit/files/file-times';
import { sealedText } from '../../src/kit/files/sealed-json';
import { flipByte, replaceByFolder, replaceByLink } from '../helpers/artifacts';
import { CLOCK, lastOf, manifestOf, stagesOf, temporaryFolder } from '../helpers/rig';
import { recordedRun } from './recorded-run';

interface Stored {
  /** Where it lies; a is read from outside, b and c need a, d needs both. */
  readonly place: (store: Store, objects: Readonly<Record<string, string>>) => string;
  /** What has to be executed again when it is damaged. */
  readonly again: readonly string[];
  /** It is a folder. */
  readonly isFolder?: true;
  /** It is there only when what it tells of was at rest for a while: see `silentForMs`. */
  readonly isLate?: true;
}

const inObject = (path: string): Stored => ({
  place: (store, objects) => join(store.objects, objects['b']!, path),
  again: ['b'],
});

const STORED: Readonly<Record<string, Stored>> = {
  'a file of an object': inObject('text/text.txt'),
  'the metrics of an object': inObject('metrics.json'),
  'the log of an object': inObject('log.txt'),
  'a manifest': inObject('manifest.json'),
  'an output folder': { ...inObject('text'), isFolder: true },
  'an object': { ...inObject('.'), isFolder: true },
  'a file that says where things lie': {
    place: (store, objects) => join(store.objects, objects['a']!, 'text', 'place.local.json'),
    again: ['a'],
  },
  'the record of an action': { place: store => join(store.actions, actionOf(store, 'c')), again: ['c'] },
  'the record of a look at an object': {
    place: (store, objects) => join(store.verified, `${objects['b']!}.json`),
    again: [],
  },
  'the fingerprint of a folder': { place: store => fingerprintOf(store, '.json'), again: [], isLate: true },
  'the fingerprints of its files': {
    place: store => {
      // They are looked at when that of the folder does not hold.
      rmSync(fingerprintOf(store, '.json'));
      return fingerprintOf(store, '.files');
    },
    again: [],
    isLate: true,
  },
  // The work for which somebody held it has to be done.
  'a lease': { place: store => leaveLease(store), again: ['d'] },
  // What is in them is sealed by the stages, each in its own way: test/learning/training/, test/embedding/.
  'the checkpoints of a stage': { place: store => leaveCheckpoints(store), again: ['b'], isFolder: true },
  // They are looked at when something is made with the same code.
  'the digests of modules': {
    place: store => {
      rmSync(join(store.actions, actionOf(store, 'd')));
      return join(store.hidden, 'code', readdirSync(join(store.hidden, 'code'))[0]!);
    },
    again: ['d'],
  },
};

/**
 * What decides nothing, and is there for people. Elsewhere: what dead processes have left in `tmp/` (test/workflow/store/store.test.ts), notes about
 * engines (test/learning/engines/).
 */
interface ForPeople {
  readonly place: (root: string, runFolder: string) => string;
  /** Who finds out: `verify`, the next run, which writes it anew, or nobody. */
  readonly noticed: 'verify' | 'anew' | 'never';
}

const inRun = (path: string, noticed: ForPeople['noticed'] = 'never'): ForPeople => ({
  place: (_, runFolder) => join(runFolder, path),
  noticed,
});

const FOR_PEOPLE: Readonly<Record<string, ForPeople>> = {
  'the record of a run': inRun('run.json', 'verify'),
  'the events of a run': inRun('events.jsonl'),
  'the report of a run': inRun('report.html'),
  'the key of a stage in a run': inRun('stages/b/key.json'),
  'the log of a stage in a run': inRun('stages/b/log.txt'),
  'the overview of a pipeline': { place: root => join(root, 'toy', 'index.html'), noticed: 'anew' },
};

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  flipped: flipByte,
  'cut off': path => truncateSync(path, Math.floor(statSync(path).size / 2)),
  removed: path => rmSync(path, { recursive: true }),
  'replaced by a folder': replaceByFolder,
  'replaced by a link': replaceByLink,
};
/** What can be done to a folder. */
const FOR_FOLDERS = ['removed', 'replaced by a link'];

/** Something else in the place of a link is left where it is: a run fails and says so (test/workflow/store/store.test.ts). */
const FOR_LINKS = ['removed', 'replaced by a link'];

const counts = { cases: 0, noticed: 0, quarantined: 0, executed: 0 };
const strange = { cases: 0, told: 0 };

afterAll(() => {
  const { cases, noticed, quarantined, executed } = counts;
  process.stdout.write(
    `faults: ${cases} kinds of damage; ${noticed} told by verify beforehand, ${quarantined} reports in quarantine, ${executed} stages made again\n` +
      `faults: ${strange.cases} strangers in folders of a store, ${strange.told} told by verify, nothing made again\n`,
  );
});

describe('a run on a store in which', () => {
  for (const [name, stored] of Object.entries(STORED)) {
    for (const damage of Object.keys(DAMAGES)) {
      if (stored.isFolder === true && !FOR_FOLDERS.includes(damage)) continue;
      for (const when of ['at once', 'later'] as const) {
        if (stored.isLate === true && when === 'at once') continue;
        test(`${name} was ${damage}, ${when}, makes again what is needed, with the same digests`, () =>
          damageAndRun(stored, damage, when));
      }
    }
  }
});

describe('a run on a store into which', () => {
  for (const name of ['.DS_Store', 'note.txt', 'a folder']) {
    test(`somebody has put ${name}, in each of its folders in turn, makes nothing again`, async () => {
      const { root, later, run } = await prepare();
      await run();
      const before = await digestsIn(root);
      for (const folder of foldersIn(root)) {
        const path = join(folder, name);
        if (name === 'a folder') mkdirSync(path);
        else writeFileSync(path, 'mine');
        const events = await run();
        expect(lastOf(events)).toMatchObject({ outcome: 'done', reused: 4 });
        const report = await verifyStore(later, { repair: true, onProgress: () => undefined });
        expect({ folder, problems: report.problems }).toEqual({ folder, problems: [] });
        expect(existsSync(path)).toBe(true);
        strange.cases++;
        strange.told += report.strangers.length;
        rmSync(path, { recursive: true });
      }
      expect(await digestsIn(root)).toEqual(before);
      expect(existsSync(later.quarantine)).toBe(false);
    }, 60_000);
  }
});

/** Every folder below the artifacts, the history and what links lead to left out. */
function foldersIn(root: string): string[] {
  const folders = [root];
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && entry.name !== 'runs') folders.push(join(folder, entry.name));
    }
  }
  return [...folders, join(root, 'runs')];
}

describe('a run beside which', () => {
  for (const [name, kept] of Object.entries(FOR_PEOPLE)) {
    for (const damage of Object.keys(DAMAGES)) {
      test(`${name} was ${damage} goes on, and so do the commands that read it`, () => damageHistory(kept, damage));
    }
  }

  for (const damage of FOR_LINKS) {
    test(`the name of a stage was ${damage} names its result anew`, async () => {
      const { root, run } = await prepare();
      await run();
      const before = await digestsIn(root);
      DAMAGES[damage]!(join(root, 'toy', 'b'));
      expect(lastOf(await run())).toMatchObject({ outcome: 'done', reused: 4 });
      expect(await digestsIn(root)).toEqual(before);
      counts.cases++;
    });
  }
});

async function damageHistory({ place, noticed }: ForPeople, damage: string): Promise<void> {
  const { root, later, run } = await prepare();
  const { run: first } = lastOf(await run());
  const path = place(root, join(root, 'runs', first));
  DAMAGES[damage]!(path);
  counts.cases++;
  expect(lastOf(await run())).toMatchObject({ outcome: 'done', reused: 4 });

  const told: string[] = [];
  const runs = await listRuns(root, text => told.push(text));
  expect(runsText(runs, { now: Date.now(), columns: 80 })).not.toBe('');
  expect(compareText(compareRuns(runs), { onlyChanged: false, columns: 80 })).not.toBe('');
  expect(told).toHaveLength(noticed === 'verify' ? 1 : 0);
  if (noticed === 'anew') expect(readFileSync(path, 'utf8')).toContain('<h1>toy</h1>');

  const isTold = noticed === 'verify' && damage !== 'removed';
  const { problems } = await verifyStore(later, { repair: true, onProgress: () => undefined });
  expect(problems.map(({ kind }) => kind)).toEqual(isTold ? ['run'] : []);
  if (isTold) counts.noticed++;
  const after = await verifyStore(later, { repair: false, onProgress: () => undefined });
  expect(after.problems).toEqual([]);
}

async function damageAndRun({ place, again }: Stored, damage: string, when: 'at once' | 'later'): Promise<void> {
  const { root, later, run } = await prepare(when);
  expect(lastOf(await run()).executed).toBe(4);
  expect(lastOf(await run()).reused).toBe(4);
  const before = await digestsIn(root);
  const objects = Object.fromEntries(before.map(({ step, object }) => [step, object]));

  const path = place(later, objects);
  DAMAGES[damage]!(path);
  counts.cases++;
  const isCache =
    [later.verified, later.fingerprints, later.leases, later.checkpoints].some(folder => path.startsWith(folder)) ||
    path.startsWith(join(later.hidden, 'code'));
  const told = await verifyStore(later, { repair: false, onProgress: () => undefined });
  // What may be missing is not missed; what a look is remembered of, is.
  if (!(damage === 'removed' && (isCache || path.startsWith(later.actions)))) {
    expect(told.problems.length).toBeGreaterThan(0);
    counts.noticed++;
  }

  const events = await run();
  expect(lastOf(events).outcome).toBe('done');
  expect(stagesOf(events, 'stage-finished')).toEqual(again);
  if (path.startsWith(later.fingerprints) && damage !== 'removed') {
    const warning = events.find(event => event.type === 'stage-log' && event.level === 'warn');
    expect(warning).toMatchObject({
      stage: 'a',
      text: expect.stringMatching(/^the fingerprints of files .* was damaged/),
    });
  }
  counts.executed += again.length;
  expect(await digestsIn(root)).toEqual(before);
  expect(await readFile(join(root, 'toy', 'd', 'text', 'text.txt'), 'utf8')).toBe('a slowly ac d ');
  const after = await verifyStore(later, { repair: false, onProgress: () => undefined });
  expect(after.problems).toEqual([]);
  const reports = existsSync(later.quarantine)
    ? readdirSync(later.quarantine).filter(entry => entry.endsWith('.txt'))
    : [];
  if (damage !== 'removed') expect(reports.length).toBeGreaterThan(0);
  counts.quarantined += reports.length;
  for (const report of reports) {
    expect(await readFile(join(later.quarantine, report), 'utf8')).toMatch(
      /^time: .*\nwas: .*\nexpected: .*\nfound: .*\n(made again: .*\n)?$/,
    );
  }
}

/** An empty store, and runs in it. */
async function prepare(when: 'at once' | 'later' = 'later') {
  const folder = await temporaryFolder();
  const input = mkdtempSync(join(folder, 'input-'));
  writeFileSync(join(input, 'a.txt'), 'a');
  const root = join(folder, 'artifacts');
  // More than 2 s from now, nothing looks too fresh to be remembered.
  const clock = { ...CLOCK, now: () => Date.now() + 10_000 + silentForMs() };
  const later = await openStore(root, clock);
  const run = async (): Promise<readonly RunEvent[]> => {
    const { events, warnings } = await recordedRun(root, input, when === 'later' ? { clock } : {});
    expect(warnings).toEqual([]);
    return events;
  };
  return { root, later, run };
}

async function digestsIn(root: string) {
  const steps = ['a', 'b', 'c', 'd'];
  const manifests = await Promise.all(steps.map(step => manifestOf(root, step)));
  return manifests.map(({ digest }, index) => ({
    step: steps[index]!,
    digest,
    object: basename(readlinkSync(join(root, 'toy', steps[index]!))),
  }));
}

/** File name of the record of what a step has done. */
function actionOf(store: Store, step: string): string {
  const isOf = (name: string): boolean =>
    (JSON.parse(readFileSync(join(store.actions, name), 'utf8')) as { step?: unknown }).step === step;
  return readdirSync(store.actions).find(isOf)!;
}

function fingerprintOf(store: Store, end: string): string {
  return join(
    store.fingerprints,
    readdirSync(store.fingerprints).find(name => name.endsWith(end))!,
  );
}

/** Undoes a step and leaves what a process leaves that was killed at it. */
function leaveCheckpoints(store: Store): string {
  const action = actionOf(store, 'b');
  rmSync(join(store.actions, action));
  const path = join(store.checkpoints, action.replace('.json', ''));
  mkdirSync(path);
  copyFileSync(join(store.root, 'toy', 'a', 'text', 'text.txt'), join(path, 'part'));
  return path;
}

/** Undoes a step and leaves the lease of a dead process that was at it. */
function leaveLease(store: Store): string {
  const action = actionOf(store, 'd');
  rmSync(join(store.actions, action));
  const path = join(store.leases, `${action.replace('.json', '')}.1.json`);
  const owner = { host: hostname(), pid: 4_194_305, started: '1', boot: null, run: 'x', runFolder: '', step: 'd' };
  writeFileSync(path, sealedText({ kind: 'fairdistill-lease', nonce: 'n', ...owner, since: '2026-01-01T00:00:00Z' }));
  return path;
}
