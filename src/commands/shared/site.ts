import { join, resolve } from 'node:path';
import { openStore, type Store } from '../../workflow/store/store';
import type { CheckedPipeline, CheckedStep } from '../../workflow/configuration/checked-pipeline';
import type { Effects } from '../../effects';
import type { ProgramOf } from '../../workflow/keys/program';
import type { Capacity } from '../../workflow/run/slots';
import { givenPaths } from '../../workflow/inputs/path-options';
import { machineCapacity } from './capacity';
import type { PipelineChoice } from './open-pipeline';
import { doubtsText } from './doubts-text';
import { programsOf, thisRuntime } from './runtime-leaves';
import { loadStageCode } from './load-stage-code';

/** What it takes to look at or run the steps of a pipeline on this machine. */
export interface Site {
  readonly store: Store;
  /** Empty when no step needs one. */
  readonly engine: string;
  readonly program: ProgramOf;
  /** The same, with packages, addon and Node looked at anew. */
  readonly programNow: () => ProgramOf;
  readonly capacity: Capacity;
}

export interface SiteOptions extends Pick<PipelineChoice, 'engine' | 'artifacts'> {
  readonly jobs?: number;
}

/** Everything that can be wrong with the command is found before anything is written. */
export async function openSite(
  pipeline: CheckedPipeline,
  steps: readonly CheckedStep[],
  options: SiteOptions,
  effects: Effects,
): Promise<Site> {
  const { jobs, artifacts } = options;
  const root = resolve(effects.cwd, artifacts);
  const engine = await resolveEngine(pipeline, steps, options, join(root, '.store'));
  const capacity = machineCapacity(jobs, effects.env);
  const code = loadStageCode();
  const programNow = (): ProgramOf => programsOf(code, { engine, cores: capacity.cores }, thisRuntime(effects.env));
  const store = await openStore(root, effects);
  const outside = steps.flatMap(step => givenPaths(step).map(({ path }) => path));
  effects.err.write(doubtsText([root, ...outside]));
  return { store, engine, program: programNow(), programNow, capacity };
}

/** Name of the engine; empty for steps that need none. */
async function resolveEngine(
  pipeline: CheckedPipeline,
  steps: readonly CheckedStep[],
  { engine }: SiteOptions,
  notes: string,
): Promise<string> {
  const training = steps.filter(step => step.stage.usesEngine === true);
  if (training.length === 0) return '';
  const { findEngine } = await import('../../learning/engines');
  // One engine serves them all, so that what is compared was trained alike.
  const precision = training.some(step => step.options['precision'] === 'bf16') ? 'bf16' : 'f32';
  return findEngine(engine ?? pipeline.engine ?? 'auto', notes, precision).name;
}
