import type { CheckedPipeline } from '../configuration/checked-pipeline';
import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { planPipeline, type PlannedStage } from '../pipeline/plan-pipeline';
import { assertMakes, selectSteps, stepsNamed } from '../pipeline/selection';
import { openPipeline, type PipelineChoice } from './open-pipeline';
import { planText } from './plan-text';
import { selectionOf, type SelectionOptions } from './selection-options';
import { openWorkshop, type Workshop } from './workshop';
import { roomOf } from './room';
import { printable } from '../loggers/printable';

export interface PlanCommandOptions extends PipelineChoice, SelectionOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** `pipeline plan` and `pipeline run --dry-run`: what a run would do, and why. Returns the exit code. */
export async function planCommand(options: PlanCommandOptions, effects: Effects): Promise<number> {
  const { planned } = await lookAhead(options, effects);
  const steps = planned.map(stage => stage.planned);
  const { out, cwd } = effects;
  if (options.json === true) {
    for (const step of steps) out.write(`${JSON.stringify(step)}\n`);
    return EXIT.done;
  }
  out.write(printable(planText(steps, { cwd, columns: roomOf(out), now: effects.now(), all: options.all === true })));
  return EXIT.done;
}

export interface Outlook {
  readonly pipeline: CheckedPipeline;
  readonly workshop: Workshop;
  readonly planned: readonly PlannedStage[];
}

/** Looks at the steps that the arguments name. Executes nothing. */
export async function lookAhead(options: PlanCommandOptions, effects: Effects): Promise<Outlook> {
  const pipeline = await openPipeline(options, effects);
  const selected = selectSteps(pipeline, selectionOf(options));
  const { steps, mustBeThere } = selected;
  const named = options.force === true ? [] : (options.force ?? []);
  assertMakes(pipeline, selected, named);
  const forced = options.force === true ? steps.map(({ id }) => id) : named.flatMap(name => stepsNamed(pipeline, name));
  // A run would only look at these.
  const force = forced.filter(id => !mustBeThere.has(id));
  const workshop = await openWorkshop(pipeline, steps, options, effects);
  const { store, program, capacity } = workshop;
  const planned = await planPipeline({ pipeline, store, program, cores: capacity.cores, steps, force });
  return { pipeline, workshop, planned };
}
