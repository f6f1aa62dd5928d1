import { join } from 'node:path';
import {
  collect,
  planCollection,
  type CollectionPlan,
  type CollectionRoots,
} from '../../workflow/store/upkeep/collect';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { RUNS_FOLDER } from '../../workflow/history/make-run-folder';
import { listRuns, stateOf } from '../../workflow/history/read-runs';
import type { RunRecord } from '../../workflow/history/run-record';
import { usedObjects } from '../../workflow/history/used-objects';
import { formatBytes, formatSeconds, plural } from '../../kit/text/human';
import { openExistingStore } from '../shared/store-view';
import { printable } from '../../kit/text/printable';

export interface CollectCommandOptions {
  readonly dryRun?: boolean;
  readonly keepRuns?: number;
  /** Milliseconds. */
  readonly keepFor?: number;
  /** Bytes. */
  readonly keepSize?: number;
  readonly json?: boolean;
  readonly artifacts: string;
}

const KEEP_RUNS = 10;
const KEEP_FOR_MS = 7 * 24 * 3600 * 1000;

/** `pipeline gc`: removes results that nothing shows or needs. Returns the exit code. */
export async function collectCommand(options: CollectCommandOptions, effects: Effects): Promise<number> {
  const { out } = effects;
  const store = await openExistingStore(options.artifacts, effects);
  const roots = (): Promise<CollectionRoots> => rootsOf(store.root, options, effects.now());
  const all = await planCollection(store, await roots());
  const plan = options.keepSize === undefined ? all : withinBudget(all, options.keepSize);
  const collected = options.dryRun === true ? undefined : await collect(store, plan, roots);
  if (options.json === true)
    out.write(`${JSON.stringify({ kind: 'fairdistill-collection', format: 1, ...plan, collected })}\n`);
  else out.write(printable(collectionText(plan, collected)));
  return EXIT.done;
}

/** What the runs need. @param now milliseconds since 1970 */
async function rootsOf(root: string, options: CollectCommandOptions, now: number): Promise<CollectionRoots> {
  const runs = await listRuns(root);
  // A silent run may be running on a machine that is not visible from here.
  const live = runs.filter(run => ['running', 'silent'].includes(stateOf(run, now)));
  return {
    objects: objectsOf(latest(runs, options.keepRuns ?? KEEP_RUNS)),
    inUse: live.flatMap(({ id }) => usedObjects(join(root, RUNS_FOLDER, id))),
    // Where the file system has no links.
    keysInUse: live.flatMap(({ stages }) => stages.flatMap(({ key }) => (key === null ? [] : [key]))),
    grace: options.keepFor ?? KEEP_FOR_MS,
    liveSince: live.length === 0 ? null : Math.min(...live.map(run => Date.parse(run.started))),
  };
}

/** The latest runs of each pipeline. */
function latest(runs: readonly RunRecord[], count: number): RunRecord[] {
  const seen = new Map<string, number>();
  return runs.filter(({ pipeline }) => {
    const index = seen.get(pipeline) ?? 0;
    seen.set(pipeline, index + 1);
    return index < count;
  });
}

function objectsOf(runs: readonly RunRecord[]): string[] {
  return runs.flatMap(run => run.stages.flatMap(({ object }) => (object === null ? [] : [object])));
}

/** Keeps, of what would be removed, what took longest for its size, as long as all fits into so many bytes. */
function withinBudget(plan: CollectionPlan, budget: number): CollectionPlan {
  const kept = [...plan.keep];
  let left = budget - kept.reduce((sum, { bytes }) => sum + bytes, 0);
  const remove: CollectionPlan['remove'][number][] = [];
  for (const item of [...plan.remove].sort((a, b) => b.seconds / b.bytes - a.seconds / a.bytes)) {
    left -= item.bytes;
    if (left >= 0) kept.push({ ...item, why: 'fits into --keep-size' });
    else remove.push(item);
  }
  const sum = (name: 'bytes' | 'seconds'): number => remove.reduce((total, item) => total + item[name], 0);
  return { ...plan, keep: kept, remove, bytes: sum('bytes'), seconds: sum('seconds') };
}

function collectionText(plan: CollectionPlan, collected: { readonly spared: readonly string[] } | undefined): string {
  const done = collected !== undefined;
  return [
    ...plan.remove.map(
      ({ object, step, bytes, seconds }) =>
        `${done ? 'removed' : 'would remove'}  ${object.slice(0, 12)}  ${step ?? 'unknown'}  ${formatBytes(bytes)}  took ${formatSeconds(seconds)}`,
    ),
    ...(collected?.spared ?? []).map(object => `spared  ${object.slice(0, 12)}: it is in use now`),
    totalLine(plan, done),
    '',
  ].join('\n');
}

function totalLine({ remove, keep, bytes, seconds }: CollectionPlan, done: boolean): string {
  const kept = `${plural(keep.length, 'object')} ${done ? 'kept' : 'to keep'}`;
  if (remove.length === 0) return `nothing to remove; ${kept}`;
  const what = `${plural(remove.length, 'object')}, ${formatBytes(bytes)}, which took ${formatSeconds(seconds)} to make`;
  return `${done ? 'removed' : 'would remove'} ${what}; ${kept}`;
}
