import {
  existsSync,
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
import { openStore, type Store } from '../../src/artifacts/store';
import { verifyStore } from '../../src/artifacts/verify';
import type { RunEvent } from '../../src/pipeline/events';
import { sealedText } from '../../src/util/sealed-json';
import { flipByte, replaceByFolder, replaceByLink } from '../helpers/artifacts';
import { CLOCK, lastOf, manifestOf, runToEnd, stagesOf, temporaryFolder, toyPipeline } from '../helpers/rig';
import { FAULT_STAGES, FAULT_STEPS } from './stages';

interface Stored {
  /** Where it lies; a is read from outside, b and c need a, d needs both. */
  readonly place: (store: Store, objects: Readonly<Record<string, string>>) => string;
  /** What has to be executed again when it is damaged. */
  readonly again: readonly string[];
  /** It is a folder. */
  readonly isFolder?: true;
  /** It is there only when what it tells of was at rest for 2 s. */
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

const counts = { cases: 0, noticed: 0, quarantined: 0, executed: 0 };

afterAll(() => {
  const { cases, noticed, quarantined, executed } = counts;
  process.stdout.write(
    `faults: ${cases} kinds of damage; ${noticed} told by verify beforehand, ${quarantined} reports in quarantine, ${executed} stages made again\n`,
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

async function damageAndRun({ place, again }: Stored, damage: string, when: 'at once' | 'later'): Promise<void> {
  const folder = await temporaryFolder();
  const input = mkdtempSync(join(folder, 'input-'));
  writeFileSync(join(input, 'a.txt'), 'a');
  const root = join(folder, 'artifacts');
  // More than 2 s from now, nothing looks too fresh to be remembered.
  const later = await openStore(root, { ...CLOCK, now: () => Date.now() + 10_000 });
  const run = async (): Promise<RunEvent[]> => {
    return runToEnd(toyPipeline(FAULT_STEPS(input), FAULT_STAGES), root, when === 'later' ? { store: later } : {});
  };
  expect(lastOf(await run()).executed).toBe(4);
  expect(lastOf(await run()).reused).toBe(4);
  const before = await digestsIn(root);
  const objects = Object.fromEntries(before.map(({ step, object }) => [step, object]));

  const path = place(later, objects);
  DAMAGES[damage]!(path);
  counts.cases++;
  const isCache =
    path.startsWith(later.verified) || path.startsWith(later.fingerprints) || path.startsWith(later.leases);
  const told = await verifyStore(later, { repair: false, onProgress: () => undefined });
  // What may be missing is not missed; what a look is remembered of, is.
  if (!(damage === 'removed' && (isCache || path.startsWith(later.actions)))) {
    expect(told.problems.length).toBeGreaterThan(0);
    counts.noticed++;
  }

  const events = await run();
  expect(lastOf(events).outcome).toBe('done');
  expect(stagesOf(events, 'stage-finished')).toEqual(again);
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
      /^time: .*\nwas: .*\nexpected: .*\nfound: .*\n$/,
    );
  }
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

/** Undoes a step and leaves the lease of a dead process that was at it. */
function leaveLease(store: Store): string {
  const action = actionOf(store, 'd');
  rmSync(join(store.actions, action));
  const path = join(store.leases, `${action.replace('.json', '')}.1.json`);
  const owner = { host: hostname(), pid: 4_194_305, started: '1', boot: null, run: 'x', runFolder: '', step: 'd' };
  writeFileSync(path, sealedText({ kind: 'fairdistill-lease', nonce: 'n', ...owner, since: '2026-01-01T00:00:00Z' }));
  return path;
}
