import type { PlannedStep, PlanState } from '../../workflow/plan/planned-step';

/** How a state is written: the word says it without colours, the capitals show what costs time. */
export const STATE_WORDS: Readonly<Record<PlanState, string>> = {
  hit: 'hit',
  partial: 'PARTIAL',
  miss: 'MISS',
  forced: 'FORCED',
  pending: 'pending',
};

const STATES = Object.keys(STATE_WORDS) as PlanState[];

/** How many of each state there are, those that occur: `[['hit', 312], ['miss', 688]]`. */
export function countStates(steps: readonly Pick<PlannedStep, 'state'>[]): (readonly [PlanState, number])[] {
  return STATES.map(state => [state, steps.filter(step => step.state === state).length] as const).filter(
    ([, count]) => count > 0,
  );
}
