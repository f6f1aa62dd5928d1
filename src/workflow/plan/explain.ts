import type { Action, InputRecord, KeyLeaves, Store } from '../store';
import type { CheckedStep } from '../configuration/checked-pipeline';
import { differingLeaves, type Past } from './past';
import type { PastExecution, Reason } from './planned-step';
import { readModules, type Program } from '../keys/program';

/** What is compared: a step as it is now. */
export interface Present {
  readonly step: Pick<CheckedStep, 'id' | 'placesOf'>;
  readonly leaves: KeyLeaves;
  readonly inputs: readonly InputRecord[];
  readonly modules: Program['modules'];
}

export interface ExplainScope {
  readonly store: Store;
  readonly past: Past;
  /** Steps whose key is known, by `presentId`; causes are followed through them. */
  readonly presents: ReadonlyMap<string, Present>;
  /** Causes that were traced already: a thousand cells of a matrix may share one. */
  readonly followed: Map<string, Promise<Reason[]>>;
}

/** Id and key: a name may have meant another stage in an earlier run, and equal stages have the same key. */
export function presentId(step: string, key: string): string {
  return `${step} ${key}`;
}

/** A stage that was never executed has this one reason. */
export const NEVER: Reason = {
  leaf: 'stage',
  before: null,
  after: null,
  text: 'has never run',
  places: [],
  chain: [],
};

export function executionOf({ key, run, pipeline, step, finished, leaves }: Action, present: KeyLeaves): PastExecution {
  const differing = differingLeaves(leaves, present).length;
  return { key, run, pipeline, step, finished, differing, leaves: Object.keys(present).length };
}

/** Every leaf of the key that differs from an earlier execution, with the places that set it and the chain of stages to the first change. */
export async function reasonsFor(present: Present, before: Action, scope: ExplainScope): Promise<Reason[]> {
  const names = differingLeaves(before.leaves, present.leaves);
  const reasons: Reason[] = [];
  for (const name of names) {
    // The location of an input changes with the input, whose own leaf is clearer.
    if (name.startsWith('location.') && names.some(other => other === name.replace(/^location/, 'inputs'))) continue;
    reasons.push(...(await reasonsOf(name, present, before, scope)));
  }
  return reasons;
}

async function reasonsOf(leaf: string, present: Present, before: Action, scope: ExplainScope): Promise<Reason[]> {
  const old = shown(before.leaves[leaf]);
  const now = shown(present.leaves[leaf]);
  const places = present.step.placesOf(leaf);
  const plain: Reason = { leaf, before: old, after: now, text: describe(leaf, old, now), places, chain: [] };
  if (leaf === 'code') return modulesChanged(present, before, scope.store, plain);
  if (!leaf.startsWith('inputs.')) return [{ ...plain, chain: [present.step.id, plain.text] }];
  return [await inputChanged(plain, present, before, scope)];
}

/** One reason for each changed module; a single reason where the modules are not known. */
async function modulesChanged(present: Present, before: Action, store: Store, plain: Reason): Promise<Reason[]> {
  const old = await readModules(store, before.leaves);
  const { id } = present.step;
  if (old === undefined)
    return [{ ...plain, text: 'code of the stage changed', chain: [id, 'code of the stage changed'] }];
  const now = present.modules;
  return differingLeaves(old, now).map(module => {
    const [was, is] = [old[module] ?? null, now[module] ?? null];
    const text = moduleText(module, was, is);
    return { leaf: `code.${module}`, before: was, after: is, text, places: [], chain: [id, text] };
  });
}

function moduleText(module: string, was: string | null, is: string | null): string {
  const how = was === null ? 'is new' : is === null ? 'was removed' : 'changed';
  if (!module.startsWith('node_modules/')) return `code of ${module} ${how}`;
  const versions = was === null ? `: ${is}` : is === null ? `: it was ${was}` : ` ${was} → ${is}`;
  return `package ${module.slice('node_modules/'.length)}${was === null || is === null ? ` ${how}` : ''}${versions}`;
}

/** Traces a changed input to the stage where the change began. */
async function inputChanged(reason: Reason, present: Present, before: Action, scope: ExplainScope): Promise<Reason> {
  const { id } = present.step;
  const [, port = '', index = '0'] = /^inputs\.(.*)\[(\d+)\]$/.exec(reason.leaf) ?? [];
  const nth = (records: readonly InputRecord[]): InputRecord | undefined =>
    records.filter(record => record.port === port)[Number(index)];
  const [was, is] = [nth(before.inputs), nth(present.inputs)];
  if (is === undefined)
    return { ...reason, text: `input ${port} is no longer connected`, chain: [id, `input ${port}`] };
  if (was === undefined) return { ...reason, text: `input ${is.step} is new`, chain: [id, `input ${is.step} is new`] };
  const text = `input ${is.step} changed`;
  const source = scope.presents.get(presentId(is.step, is.key));
  const earlier = scope.past.byKey.get(was.key);
  if (source === undefined || earlier === undefined) return { ...reason, text, chain: [id, is.step] };
  const way = `${is.step} ${is.key} ${earlier.key}`;
  // A chain of stages may be longer than the stack is deep.
  await Promise.resolve();
  const following = scope.followed.get(way) ?? reasonsFor(source, earlier, scope);
  scope.followed.set(way, following);
  const [root] = await following;
  // The same key with other bytes: the stage is not deterministic, or was forced.
  const unexplained = `${is.step} has a different result for the same key`;
  if (root === undefined) return { ...reason, text, chain: [id, is.step, unexplained] };
  return { ...reason, text, places: root.places, chain: [id, ...root.chain] };
}

function describe(leaf: string, before: string | null, after: string | null): string {
  if (before === null) return `${leaf} is new: ${after}`;
  if (after === null) return `${leaf} was removed: it was ${before}`;
  return `${leaf} ${before} → ${after}`;
}

/** A leaf for people: the first digits of a digest, long texts cut. */
function shown(value: KeyLeaves[string] | undefined): string | null {
  if (value === undefined) return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^sha256:[0-9a-f]{64}$/.test(text)) return `${text.slice(7, 15)}…`;
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
