import { OPTIMISERS } from '../optimisers';
import type { Optimiser } from '../optimisers/optimiser';
import { SCHEDULES } from '../schedules';
import type { Schedule } from '../schedules/schedule';
import type { Recipe } from './recipe';
import { termsOf } from './terms';

/** What of a recipe no publication has, and what has no effect: a phrase each, for a person. Terms of weight 0 teach nothing, so nothing is said of them. */
export function oddRecipe({ terms, optimiser, schedule, epochs }: Recipe): string[] {
  const chosenOptimiser: Optimiser = OPTIMISERS.members[optimiser.optimiser];
  const chosenSchedule: Schedule = SCHEDULES.members[schedule.schedule];
  const ofTerms = termsOf(terms)
    .filter(({ weight }) => weight > 0)
    .flatMap(({ name, loss, options }) => (loss.odd?.(options) ?? []).map(phrase => `${name} with ${phrase}`));
  return [
    ...(chosenOptimiser.odd?.(optimiser) ?? []),
    ...ofTerms,
    ...(chosenSchedule.odd?.(schedule, { epochs }) ?? []),
  ];
}
