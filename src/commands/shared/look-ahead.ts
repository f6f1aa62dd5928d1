import type { CheckedPipeline } from '../../workflow/configuration/checked-pipeline';
import type { Effects } from '../../effects';
import { planPipeline, type PlannedStage } from '../../workflow/plan/plan-pipeline';
import { selectSteps } from '../../workflow/plan/selection';
import { openPipeline, type PipelineChoice } from './open-pipeline';
import { selectionOf, type SelectionOptions } from './selection-options';
import { openSite, type Site } from './site';

export interface PlanResult {
  readonly pipeline: CheckedPipeline;
  readonly site: Site;
  readonly planned: readonly PlannedStage[];
}

/** Looks at the steps that the arguments name. Executes nothing. */
export async function lookAhead(options: PipelineChoice & SelectionOptions, effects: Effects): Promise<PlanResult> {
  const pipeline = await openPipeline(options, effects);
  const { steps, forced } = selectSteps(pipeline, selectionOf(options));
  const site = await openSite(pipeline, steps, options, effects);
  const { store, program, capacity } = site;
  const planned = await planPipeline({ pipeline, store, program, cores: capacity.cores, steps, forced });
  return { pipeline, site, planned };
}
