import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findArtifact, listActions, openStore, type Store } from '../../src/workflow/store/store';
import { throughNames } from '../../src/workflow/store/names';
import { picturesIn } from '../../src/workflow/store/objects/pictures';
import { verifyStore } from '../../src/workflow/store/upkeep/verify';
import { UserError } from '../../src/errors';
import type { RunEvent } from '../../src/workflow/run/events';
import { CLOCK, lastOf } from '../helpers/rig';
import { beside, visit, type Inner, type Outer } from './beside';
import { gapsIn, readHistory } from './check-history';
import { recordedRun, type RecordedRun } from './recorded-run';

/** `fault-layer.js`, which is loaded before this program. */
declare const faultLayer: {
  arm(root: string, at?: number, kind?: string, beside?: () => void): void;
  canHit(kind: string, name: string): boolean;
  disarm(): { hits: Call[]; calls: Call[] };
};

/** A call to the file system. */
interface Call {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/** What a sweep has seen. */
export interface SweepReport {
  readonly kind: string;
  /** Calls of an undisturbed run. */
  readonly calls: number;
  /** Those of them that are about its history only. */
  readonly historyCalls: number;
  /** Faults that were injected, each in a run of its own. */
  readonly faults: number;
  /** Runs that came to their end all the same, and runs that failed as they should. */
  readonly done: number;
  readonly failed: number;
  /** Finished stages that the run after the fault found, and those that it had to execute. */
  readonly kept: number;
  readonly executed: number;
  /** Finished stages that were executed again. */
  readonly twice: number;
  /** Stores in which something temporary was left for a later process to remove. */
  readonly leftovers: string[];
  /** What should not be, in words. */
  readonly wrong: string[];
}

const [mode, ...args] = process.argv.slice(2);

async function main(): Promise<number> {
  if (mode === 'run') return runOnce(args[0]!, args[1]!);
  if (mode === 'sweep') return print(await sweep(args[0]!, args[1]!, Number(args[2]), Number(args[3])));
  if (mode === 'beside')
    return print(
      await beside(args[0]! as Outer, args[1]! as Inner, args[2]!, Number(args[3]), Number(args[4]), faultLayer),
    );
  if (mode === 'visit') return visit(args[0]! as Inner, args[1]!);
  if (mode === 'full') return print(await fill(args[0]!, args.slice(1)));
  throw new Error(`Unknown mode ${String(mode)}`);
}

/** One run, for tests that kill it or start several; prints its events. */
async function runOnce(root: string, input: string): Promise<number> {
  const { events } = await recordedRun(root, input, { jobs: 2 });
  for (const event of events) print(event);
  return lastOf(events).exit;
}

/** Injects one fault into each run, at every call that it can hit (of `parts` processes this is number `part`), and runs again without. */
async function sweep(kind: string, base: string, part: number, parts: number): Promise<SweepReport> {
  const state = new Sweep(kind, base, makeInput(base));
  await state.rehearse();
  for (const at of state.targets().filter((_, index) => index % parts === part)) await state.inject(at);
  return state.report();
}

/** Runs on a disk in memory that is really full, of each limit (`size=64k`, `nr_inodes=20`), then with room. The caller sees to it that mounting is allowed. */
async function fill(base: string, limits: readonly string[]): Promise<SweepReport> {
  const state = new Sweep('disk', base, makeInput(base));
  await state.rehearse();
  for (const limit of limits) await state.fill(limit);
  return state.report();
}

function makeInput(base: string): string {
  const input = join(base, 'input');
  mkdirSync(input, { recursive: true });
  for (const name of ['a.txt', 'b.txt']) writeFileSync(join(input, name), name);
  return input;
}

class Sweep {
  private calls: readonly Call[] = [];
  private historyCalls = 0;
  private digests: Readonly<Record<string, string>> = {};
  private faults = 0;
  private done = 0;
  private failed = 0;
  private kept = 0;
  private executed = 0;
  private twice = 0;
  private readonly leftovers: string[] = [];
  private readonly wrong: string[] = [];

  constructor(
    private readonly kind: string,
    private readonly base: string,
    private readonly input: string,
  ) {}

  /** An undisturbed run: how many calls there are, and what comes out. */
  async rehearse(): Promise<void> {
    const root = join(this.base, `rehearsal-${process.pid}`);
    faultLayer.arm(root);
    const { events } = await recordedRun(root, this.input);
    this.calls = faultLayer.disarm().calls;
    this.historyCalls = this.calls.filter(call => isHistory(call, root)).length;
    if (lastOf(events).outcome !== 'done') throw new Error('The undisturbed run failed');
    this.digests = await digestsIn(await openStore(root, CLOCK));
    rmSync(root, { recursive: true });
  }

  /** Numbers of the calls that this kind of fault can hit, from 1. */
  targets(): number[] {
    return this.calls.flatMap(({ name }, index) => (faultLayer.canHit(this.kind, name) ? [index + 1] : []));
  }

  async inject(at: number): Promise<void> {
    const root = join(this.base, `${this.kind}-${at}`);
    const tell = (text: string): void => void this.wrong.push(`${this.kind} at call ${at}: ${text}`);
    const hits = ['kill', 'torn'].includes(this.kind) ? this.killAt(root, at, tell) : await this.failAt(root, at, tell);
    this.faults += Math.min(1, hits);
    await this.runAgain(root, tell);
    if (this.leftovers.includes(root)) return;
    rmSync(root, { recursive: true });
  }

  async fill(limit: string): Promise<void> {
    const root = join(this.base, `disk-${limit}`);
    const tell = (text: string): void => void this.wrong.push(`on a disk with ${limit}: ${text}`);
    mkdirSync(root);
    mount('-t', 'tmpfs', '-o', limit, 'none', root);
    const before = this.failed;
    await this.failAt(root, Infinity, tell);
    this.faults += this.failed - before;
    mount('-o', 'remount,size=64m,nr_inodes=10000', root);
    await this.runAgain(root, tell);
    if (spawnSync('umount', [root]).status !== 0) throw new Error('Cannot unmount');
  }

  /** The run goes on in a process of its own until it is killed by itself. */
  private killAt(root: string, at: number, tell: (text: string) => void): number {
    const [node, layer] = [process.execPath, join(__dirname, 'fault-layer.js')];
    const env = { ...process.env, FAULT_ROOT: root, FAULT_AT: String(at), FAULT_KIND: this.kind };
    const child = spawnSync(node, ['-r', layer, __filename, 'run', root, this.input], { env, encoding: 'utf8' });
    if (child.signal === null && child.status !== 0) tell(`exit code ${String(child.status)}: ${child.stderr}`);
    if (child.signal === 'SIGKILL') this.failed++;
    else this.done++;
    return child.signal === 'SIGKILL' ? 1 : 0;
  }

  /** The run goes on here; it may end well or with a failure that says what the disk said. */
  private async failAt(root: string, at: number, tell: (text: string) => void): Promise<number> {
    faultLayer.arm(root, at, this.kind);
    const { events, warnings }: RecordedRun = { events: [], warnings: [] };
    let thrown: unknown;
    try {
      await recordedRun(root, this.input, { told: { events, warnings } });
    } catch (error) {
      thrown = error;
    }
    const { hits } = faultLayer.disarm();
    const [hit] = hits;
    const call = hit === undefined ? 'none' : `${hit.name} ${hit.path.slice(root.length)}`;
    if (thrown !== undefined && !isStorage(thrown)) tell(`${call}: threw ${String((thrown as Error).stack)}`);
    for (const event of events) {
      if (event.type !== 'stage-failed' || (event.error.code === 'storage' && event.error.exit === 6)) continue;
      tell(`${call}: ${event.stage} failed with ${event.error.stack ?? event.error.message}`);
    }
    const isDone = thrown === undefined && lastOf(events).outcome === 'done';
    if (isDone) this.done++;
    else this.failed++;
    if (hit !== undefined && isHistory(hit, root) && this.kind !== 'full' && !isDone) tell(`${call}: ended the run`);
    if (isDone && warnings.length === 0) for (const gap of gapsOf(root, events)) tell(`${call}: nobody told: ${gap}`);
    const undrawn = events.filter(
      event => event.type === 'stage-log' && event.text.includes('pictures were not drawn'),
    );
    if (undrawn.length > 1) tell(`${call}: told ${undrawn.length} times that pictures were not drawn`);
    if (isDone && undrawn.length === 0 && !hasPictures(root)) tell(`${call}: nobody told that pictures were not drawn`);
    // The history and the tracker each tell the first thing that goes wrong.
    if (warnings.length > 2) tell(`${call}: told ${warnings.length} times: ${warnings.join('; ')}`);
    return hits.length;
  }

  private async runAgain(root: string, tell: (text: string) => void): Promise<void> {
    const store = await openStore(root, CLOCK);
    for (const key of readdirSync(store.checkpoints)) {
      if (existsSync(join(store.actions, `${key}.json`))) tell(`the checkpoints of ${key} are left, which is done`);
    }
    const had = new Map((await listActions(store)).map(action => [action.key, action.step]));
    for (const { object, step } of await listActions(store)) {
      if (!readdirSync(store.objects).includes(object)) tell(`the action of ${step} has no object`);
    }
    const before = await verifyStore(store, { repair: false, onProgress: () => undefined });
    for (const { path, found } of before.problems) tell(`after the fault, ${path}: ${found}`);
    for (const text of await readHistory(root)) tell(`after the fault, history: ${text}`);

    const { events, warnings } = await recordedRun(root, this.input);
    for (const text of [...warnings, ...gapsOf(root, events)]) tell(`the next run, history: ${text}`);
    if (!hasPictures(root)) tell('the next run has drawn no pictures');
    if (lastOf(events).outcome !== 'done') tell(`the next run ended with ${JSON.stringify(events.slice(-3))}`);
    for (const event of events) {
      if (event.type !== 'stage-started') continue;
      this.executed++;
      if (!had.has(event.key)) continue;
      this.twice++;
      tell(`${event.stage} was executed again although it was done`);
    }
    this.kept += had.size;
    const digests = await digestsIn(store);
    if (JSON.stringify(digests) !== JSON.stringify(this.digests)) tell(`other digests: ${JSON.stringify(digests)}`);
    const after = await verifyStore(store, { repair: false, onProgress: () => undefined });
    for (const { path, found } of after.problems) tell(`in the end, ${path}: ${found}`);
    if (readdirSync(store.hidden).includes('quarantine'))
      tell(`in quarantine: ${readdirSync(store.quarantine).join()}`);
    if (readdirSync(store.leases).length > 0) tell(`leases are left: ${readdirSync(store.leases).join()}`);
    for (const folder of ['checkpoints', 'failed']) {
      const path = join(store.hidden, folder);
      if (existsSync(path) && readdirSync(path).length > 0) tell(`${folder} are left: ${readdirSync(path).join()}`);
    }
    if (readdirSync(store.temporary).length > 0) this.leftovers.push(root);
  }

  report(): SweepReport {
    const { kind, historyCalls, faults, done, failed, kept, executed, twice, leftovers, wrong } = this;
    return {
      kind,
      calls: this.calls.length,
      historyCalls,
      faults,
      done,
      failed,
      kept,
      executed,
      twice,
      leftovers,
      wrong,
    };
  }
}

function isHistory({ path }: Call, root: string): boolean {
  return path.startsWith(join(root, 'runs'));
}

function gapsOf(root: string, events: readonly RunEvent[]): string[] {
  return gapsIn(join(root, 'runs', lastOf(events).run), events);
}

async function digestsIn(store: Store): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const { key, step } of await listActions(store)) {
    const lookup = await findArtifact(store, key);
    digests[step] = lookup.found ? lookup.artifact.manifest.digest : 'not there';
  }
  return Object.fromEntries(Object.entries(digests).sort());
}

function hasPictures(root: string): boolean {
  const folder = throughNames({ root, objects: join(root, '.store', 'objects') }, join(root, 'toy', 'a'));
  return picturesIn(folder).length === 1;
}

function mount(...options: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Cannot mount: ${stderr}`);
}

function isStorage(error: unknown): boolean {
  return error instanceof UserError && error.code === 'storage' && error.exit === 6;
}

function print(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value)}\n`);
  return 0;
}

// Last, because classes are there only after their definition.
void main().then(
  code => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? String(error.stack) : String(error)}\n`);
    process.exitCode = 99;
  },
);
