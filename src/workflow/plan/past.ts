import { listActions, type Action, type KeyLeaves, type Store } from '../store';
import { canonicalJson } from '../../kit/text/canonical-json';

/** Earlier executions, newest first. Read only when a reason is needed, so that a run of hits reads nothing. */
export interface Past {
  readonly actions: readonly Action[];
  readonly byKey: ReadonlyMap<string, Action>;
  /** Executions of a stage, newest first. */
  of(stage: string): readonly Action[];
}

export async function readPast(store: Store): Promise<Past> {
  const actions = [...(await listActions(store))].sort((a, b) => (a.finished < b.finished ? 1 : -1));
  const byStage = new Map<string, Action[]>();
  for (const action of actions) {
    const same = byStage.get(action.stage.name);
    if (same === undefined) byStage.set(action.stage.name, [action]);
    else same.push(action);
  }
  return {
    actions,
    byKey: new Map(actions.map(action => [action.key, action])),
    of: stage => byStage.get(stage) ?? [],
  };
}

/** The step, and the stage that it uses. */
export interface StepName {
  readonly pipeline: string;
  readonly step: string;
  readonly stage: string;
}

/** Only the latest executions are compared. */
const MOST_COMPARED = 64;

/**
 * The earlier execution of the stage that shares most leaves with these; of several, the one of the same step, then of one with its name, then the newest. Undefined
 * when the stage was never executed.
 */
export function nearestTo(leaves: KeyLeaves, { pipeline, step, stage }: StepName, past: Past): Action | undefined {
  const all = past.of(stage);
  const named = all.filter(action => action.step === step);
  const own = named.filter(action => action.pipeline === pipeline);
  const candidates = [own, named, all].flatMap(list => list.slice(0, MOST_COMPARED));
  let best: { action: Action; differing: number } | undefined;
  for (const action of candidates) {
    const most = best?.differing ?? Infinity;
    let differing = 0;
    if (everyDifference(action.leaves, leaves, () => ++differing < most)) best = { action, differing };
  }
  return best?.action;
}

/** Names of the leaves that are not the same, or on one side only, in the order of the second, then of the first. */
export function differingLeaves(before: KeyLeaves, after: KeyLeaves): string[] {
  const names = new Set([...Object.keys(after), ...Object.keys(before)]);
  return [...names].filter(name => !sameLeaf(before[name], after[name]));
}

/** As `differingLeaves`, for thousands of comparisons: stops once `allows` returns false. Returns whether it never did. */
function everyDifference(before: KeyLeaves, after: KeyLeaves, allows: (name: string) => boolean): boolean {
  for (const name in after) if (!sameLeaf(before[name], after[name]) && !allows(name)) return false;
  for (const name in before) if (!(name in after) && !allows(name)) return false;
  return true;
}

function sameLeaf(a: KeyLeaves[string] | undefined, b: KeyLeaves[string] | undefined): boolean {
  if (a === b) return true;
  // Empty lists and maps are leaves, too.
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return canonicalJson(a) === canonicalJson(b);
}

/**
 * Executions whose rows may be used for a step with these leaves: nothing differs but inputs of the ports. Those of the same step come first,
 * then those of steps with its name, because most of their rows are most likely the same; newest first. What a person has accepted is not
 * among them, because it was made with other leaves than its record has.
 */
export function rowsSimilarTo(leaves: KeyLeaves, at: StepName, ports: readonly string[], past: Past): Action[] {
  if (ports.length === 0) return [];
  const isRowInput = (name: string): boolean => ports.some(port => name.startsWith(`inputs.${port}[`));
  const similar = past.of(at.stage).filter(action => {
    if (action.accepted !== null) return false;
    let differing = 0;
    return everyDifference(action.leaves, leaves, name => (differing++, isRowInput(name))) && differing > 0;
  });
  const rank = ({ step, pipeline }: Action): number => (step !== at.step ? 2 : pipeline !== at.pipeline ? 1 : 0);
  return similar.sort((a, b) => rank(a) - rank(b));
}
