import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planCollection } from '../../src/artifacts/collect';
import { findArtifact, listActions, openStore, type Store } from '../../src/artifacts/store';
import { verifyStore } from '../../src/artifacts/verify';
import { UserError } from '../../src/errors';
import type { RunEvent } from '../../src/pipeline/events';
import { CLOCK, lastOf, runToEnd, toyPipeline, type ToyRunOptions } from '../helpers/rig';
import { FAULT_STAGES, FAULT_STEPS } from './stages';

/** `fault-layer.js`, which is loaded before this program. */
declare const faultLayer: {
  arm(root: string, at?: number, kind?: string): void;
  canHit(kind: string, name: string): boolean;
  disarm(): { calls: number; hits: number; names: string[] };
};

/** What a sweep has seen. */
export interface SweepReport {
  readonly kind: string;
  /** Calls of an undisturbed run. */
  readonly calls: number;
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
  if (mode === 'full') return print(await fill(args[0]!, args.slice(1)));
  throw new Error(`Unknown mode ${String(mode)}`);
}

/** One run, for tests that kill it or start several; prints its events. */
async function runOnce(root: string, input: string): Promise<number> {
  const events = await run(root, input, { jobs: 2 });
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
  private names: readonly string[] = [];
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
    const events = await run(root, this.input);
    this.names = faultLayer.disarm().names;
    if (lastOf(events).outcome !== 'done') throw new Error('The undisturbed run failed');
    this.digests = await digestsIn(await openStore(root, CLOCK));
    rmSync(root, { recursive: true });
  }

  /** Numbers of the calls that this kind of fault can hit, from 1. */
  targets(): number[] {
    return this.names.flatMap((name, index) => (faultLayer.canHit(this.kind, name) ? [index + 1] : []));
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
    let events: RunEvent[] = [];
    let thrown: unknown;
    try {
      events = await run(root, this.input);
    } catch (error) {
      thrown = error;
    }
    const { hits, names } = faultLayer.disarm();
    const call = names[at - 1] ?? 'none';
    if (thrown !== undefined && !isStorage(thrown)) tell(`${call}: threw ${String((thrown as Error).stack)}`);
    for (const event of events) {
      if (event.type !== 'stage-failed' || (event.error.code === 'storage' && event.error.exit === 6)) continue;
      tell(`${call}: ${event.stage} failed with ${event.error.stack ?? event.error.message}`);
    }
    const isDone = thrown === undefined && lastOf(events).outcome === 'done';
    if (isDone) this.done++;
    else this.failed++;
    return hits;
  }

  private async runAgain(root: string, tell: (text: string) => void): Promise<void> {
    const store = await openStore(root, CLOCK);
    const had = new Map((await listActions(store)).map(action => [action.key, action.step]));
    for (const { object, step } of await listActions(store)) {
      if (!readdirSync(store.objects).includes(object)) tell(`the action of ${step} has no object`);
    }
    const before = await verifyStore(store, { repair: false, onProgress: () => undefined });
    for (const { path, found } of before.problems) tell(`after the fault, ${path}: ${found}`);

    const events = await run(root, this.input);
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
    // Those of finished work may be left by a kill: a collection knows them.
    const { leftovers } = await planCollection(store, { objects: [], grace: Infinity, liveSince: null });
    const unknown = readdirSync(store.checkpoints).filter(key => !leftovers.includes(join(store.checkpoints, key)));
    if (unknown.length > 0) tell(`checkpoints are left: ${unknown.join()}`);
    if (readdirSync(store.temporary).length > 0) this.leftovers.push(root);
  }

  report(): SweepReport {
    const { kind, faults, done, failed, kept, executed, twice, leftovers, wrong } = this;
    return { kind, calls: this.names.length, faults, done, failed, kept, executed, twice, leftovers, wrong };
  }
}

function run(root: string, input: string, options: ToyRunOptions = {}): Promise<RunEvent[]> {
  return runToEnd(toyPipeline(FAULT_STEPS(input), FAULT_STAGES), root, options);
}

async function digestsIn(store: Store): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const { key, step } of await listActions(store)) {
    const lookup = await findArtifact(store, key);
    digests[step] = lookup.found ? lookup.artifact.manifest.digest : 'not there';
  }
  return Object.fromEntries(Object.entries(digests).sort());
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
