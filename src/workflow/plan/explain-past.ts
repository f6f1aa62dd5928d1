import type { Action, KeyLeaves, Store } from '../store';
import { executionOf, NEVER, presentId, reasonsFor, type Present } from './explain';
import { nearestTo, readPast, type Past } from './past';
import type { PlannedStep } from './planned-step';
import { readModules } from '../keys/program';

/** A stage of a past run. */
export interface PastStage {
  readonly run: string;
  readonly pipeline: string;
  readonly stage: string;
  readonly uses: string;
  readonly key: string;
  readonly leaves: KeyLeaves;
  readonly reused: boolean;
  /** ISO 8601, of the run. */
  readonly started: string;
}

/**
 * Why a stage ran, or was reused, in a past run: compared with the results that existed before that run. Without places, because the file may have
 * changed since.
 */
export async function explainPast(past: PastStage, store: Store): Promise<PlannedStep> {
  const history = await readPast(store);
  const own = history.byKey.get(past.key);
  const common = { stage: past.stage, uses: past.uses, needs: needsOf(own), key: past.key, expected: null };
  if (past.reused && own !== undefined) {
    return { ...common, state: 'hit', because: [], nearest: executionOf(own, past.leaves), saves: own.seconds };
  }
  const before = upTo(history, past.started);
  const nearest = nearestTo(past.leaves, { pipeline: past.pipeline, step: past.stage, stage: past.uses }, before);
  const scope = { store, past: history, presents: await presentsBehind(own, history, store), followed: new Map() };
  const modules = (await readModules(store, past.leaves)) ?? {};
  const present = { step: placeless(past.stage), leaves: past.leaves, inputs: own?.inputs ?? [], modules };
  const because = nearest === undefined ? [NEVER] : await reasonsFor(present, nearest, scope);
  const execution = nearest === undefined ? null : executionOf(nearest, past.leaves);
  return { ...common, state: 'miss', because, nearest: execution, saves: null };
}

/** The actions that made the inputs, and their inputs, as far as known. */
async function presentsBehind(action: Action | undefined, history: Past, store: Store): Promise<Map<string, Present>> {
  const presents = new Map<string, Present>();
  const open = action === undefined ? [] : [action];
  for (const { inputs } of open) {
    for (const { key, step } of inputs) {
      const source = history.byKey.get(key);
      const id = presentId(step, key);
      if (source === undefined || presents.has(id)) continue;
      const modules = (await readModules(store, source.leaves)) ?? {};
      presents.set(id, { step: placeless(step), leaves: source.leaves, inputs: source.inputs, modules });
      open.push(source);
    }
  }
  return presents;
}

function upTo(history: Past, time: string): Past {
  const isEarlier = ({ finished }: Action): boolean => finished <= time;
  const actions = history.actions.filter(isEarlier);
  return { actions, byKey: new Map(actions.map(a => [a.key, a])), of: stage => history.of(stage).filter(isEarlier) };
}

function placeless(id: string): Present['step'] {
  return { id, placesOf: () => [] };
}

function needsOf(action: Action | undefined): string[] {
  return [...new Set((action?.inputs ?? []).map(input => input.step))];
}
