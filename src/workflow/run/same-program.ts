import { codeChanged } from '../executors/code-changed';
import { differingLeaves } from '../plan/past';
import type { Plan } from '../plan/planner';
import { programLeaves } from '../keys/program';
import type { RunScope } from './run-scope';

/**
 * Looks up again what runs a step: packages, addon, Node. Throws the error of `codeChanged` when that no longer matches its key. Of its own modules
 * the executor knows which were loaded.
 */
export function assertSameProgram(
  { step, present }: Plan,
  { programNow }: Pick<RunScope, 'programNow'>,
  when: 'before' | 'midway',
): void {
  if (programNow === undefined) return;
  const { modules, runtime } = programNow()(step);
  const now = programLeaves({ modules, runtime });
  const leaf = Object.keys(now).find(name => now[name] !== present.leaves[name]);
  if (leaf === undefined) return;
  const what = leaf === 'code' ? differingLeaves(present.modules, modules)[0] : leaf;
  throw codeChanged(step.stage.name, what ?? leaf, when);
}
