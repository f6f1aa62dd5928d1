import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findArtifact, listActions, openStore, type Store } from '../../src/workflow/store/store';
import { verifyStore } from '../../src/workflow/store/upkeep/verify';
import { collectCommand } from '../../src/commands/gc/collect-garbage';
import { processEffects, type Effects } from '../../src/effects';
import { CLOCK, lastOf } from '../helpers/rig';
import { recordedRun } from './recorded-run';

/** What is under way, and what is done beside it by another process. `elsewhere`: the store is opened in another pid namespace. */
export type Outer = 'run' | 'gc' | 'verify';
export type Inner = 'gc' | 'verify' | 'elsewhere';

export interface BesideReport {
  /** Calls to the file system of the outer one. */
  readonly calls: number;
  /** How often the other one came. */
  readonly visits: number;
  /** Stages of the runs that were reused, and that were executed. */
  readonly reused: number;
  readonly executed: number;
  /** Objects that collections have removed. */
  readonly removed: number;
  /** What should not be, in words. */
  readonly wrong: readonly string[];
}

interface Layer {
  arm(root: string, at?: number, kind?: string, beside?: () => void): void;
  disarm(): { hits: unknown[]; calls: unknown[] };
}

const DAY = 24 * 3600 * 1000;
/** So that nothing is young. */
const IN_8_DAYS = { ...CLOCK, now: () => Date.now() + 8 * DAY };
const APART = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];

/** What a visitor does, in a process of its own; it says what was wrong. */
export async function visit(inner: Inner, root: string): Promise<number> {
  const wrong: string[] = [];
  if (inner === 'verify') wrong.push(...(await problemsIn(root)));
  if (inner === 'elsewhere') await openStore(root, CLOCK);
  if (inner === 'gc') process.stdout.write(`${await collectAll(root)}\n`);
  for (const text of wrong) process.stderr.write(`${text}\n`);
  return 0;
}

/**
 * Lets the other one come at calls of the outer one in turn, each time with a store of its own: at every one of `parts`, beginning with number
 * `part` (from 0).
 */
export async function beside(
  outer: Outer,
  inner: Inner,
  base: string,
  part: number,
  parts: number,
  layer: Layer,
): Promise<BesideReport> {
  const template = join(base, 'template');
  const input = join(base, 'input');
  mkdirSync(input, { recursive: true });
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(input, name), name);
  await recordedRun(template, input);
  // No history and no name keeps what lies there.
  rmSync(join(template, 'runs'), { recursive: true });
  rmSync(join(template, 'toy'), { recursive: true });

  const count = { calls: 0, visits: 0, reused: 0, executed: 0, removed: 0 };
  const wrong: string[] = [];
  for (let at: number | undefined; at === undefined || at <= count.calls; at = (at ?? part + 1 - parts) + parts) {
    const root = join(base, `store-${at ?? 'rehearsal'}`);
    cpSync(template, root, { recursive: true });
    const visitor = visitorOf(inner, outer, root);
    layer.arm(root, at ?? Infinity, 'beside', visitor.come);
    const said = await doIt(outer, root, input, count);
    const { hits, calls } = layer.disarm();
    if (at === undefined) count.calls = calls.length;
    count.visits += hits.length;
    const all = [...said, ...(await visitor.said()), ...(await problemsIn(root)), ...quarantined(root)];
    count.removed += visitor.removed();
    if (outer === 'run') all.push(...(await missing(root)));
    for (const text of all) wrong.push(`${inner} at call ${String(at)} of ${outer}: ${text}`);
    rmSync(root, { recursive: true });
  }
  return { ...count, wrong };
}

/** What went wrong, in words. */
async function doIt(
  outer: Outer,
  root: string,
  input: string,
  count: { reused: number; executed: number; removed: number },
): Promise<string[]> {
  if (outer === 'verify') return problemsIn(root, true);
  if (outer === 'gc') {
    count.removed += await collectAll(root);
    return [];
  }
  const { events, warnings } = await recordedRun(root, input, { word: 'another' });
  const { outcome, reused, executed } = lastOf(events);
  count.reused += reused;
  count.executed += executed;
  const logs = events.flatMap(event => (event.type === 'stage-log' && event.level === 'warn' ? [event.text] : []));
  const failed = events.flatMap(event =>
    event.type === 'stage-failed' ? [`${event.stage}: ${event.error.message}`] : [],
  );
  return [...warnings, ...logs, ...failed, ...(outcome === 'done' ? [] : [`it ended as ${outcome}`])];
}

/** A visitor is waited for, but not by a collection: it may itself wait for that to end. */
function visitorOf(inner: Inner, outer: Outer, root: string) {
  const command = inner === 'elsewhere' ? APART : [];
  const [file, ...args] = [...command, process.execPath, __filename, 'visit', inner, root];
  let [text, errors] = ['', ''];
  let ended: Promise<unknown> = Promise.resolve();
  const come = (): void => {
    if (outer !== 'gc') {
      const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' });
      [text, errors] = [stdout, status === 0 ? stderr : `exit code ${String(status)}: ${stderr}`];
      return;
    }
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    ended = new Promise(resolve => child.on('close', resolve));
    // Long enough to be in the middle of it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150);
  };
  return {
    come,
    said: async () => (await ended, errors.split('\n').filter(line => line !== '')),
    removed: () => Number(text),
  };
}

async function problemsIn(root: string, repair = true): Promise<string[]> {
  const { problems } = await verifyStore(await openStore(root, CLOCK), { repair, onProgress: () => undefined });
  return problems.map(({ path, found }) => `verify: ${path}: ${found}`);
}

/** How many objects `pipeline gc` removes. */
async function collectAll(root: string): Promise<number> {
  let text = '';
  const out = { write: (more: string) => void (text += more), isTerminal: false, columns: 80 };
  const effects: Effects = { ...processEffects(), now: IN_8_DAYS.now, out };
  await collectCommand({ artifacts: root, json: true, keepRuns: 0 }, effects);
  return (JSON.parse(text) as { collected: { objects: number } }).collected.objects;
}

/** What a run has made or reused must be there after it. */
async function missing(root: string): Promise<string[]> {
  const store: Store = await openStore(root, CLOCK);
  const steps = new Set<string>();
  for (const { key, step } of await listActions(store)) if ((await findArtifact(store, key)).found) steps.add(step);
  return ['a', 'b', 'c', 'd'].filter(step => !steps.has(step)).map(step => `the result of ${step} is gone`);
}

function quarantined(root: string): string[] {
  const folder = join(root, '.store', 'quarantine');
  return existsSync(folder) ? readdirSync(folder).map(name => `${name} is in quarantine`) : [];
}
