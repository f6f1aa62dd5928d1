import { join, resolve } from 'node:path';
import { openStore, type Store } from '../../workflow/store';
import type { CheckedPipeline, CheckedStep } from '../../workflow/configuration/checked-pipeline';
import type { Effects } from '../../effects';
import type { Engine } from '../../learning/engines/engine';
import type { ProgramOf } from '../../workflow/keys/program';
import type { Capacity } from '../../workflow/run/slots';
import { givenPaths } from '../../workflow/inputs/path-options';
import { machineCapacity } from './capacity';
import type { PipelineChoice } from './open-pipeline';
import { doubtsText } from './doubts-text';
import { programsOf, thisRuntime } from '../../workflow/keys/runtime-leaves';
import { loadStageCode } from './load-stage-code';

/** What it takes to look at or run the steps of a pipeline on this machine. */
export interface Site {
  readonly store: Store;
  /** Empty when no step needs one. */
  readonly engine: string;
  /** What a training on it keeps busy; undefined when no step needs one. */
  readonly occupies: Engine['occupies'] | undefined;
  readonly program: ProgramOf;
  /** The same, after a new look at packages, addon and Node. */
  readonly programNow: () => ProgramOf;
  readonly capacity: Capacity;
}

export interface SiteOptions extends Pick<PipelineChoice, 'engine' | 'artifacts'> {
  readonly jobs?: number;
}

/** Finds every mistake of the command before anything is written. */
export async function openSite(
  pipeline: CheckedPipeline,
  steps: readonly CheckedStep[],
  options: SiteOptions,
  effects: Effects,
): Promise<Site> {
  const { jobs, artifacts } = options;
  const root = resolve(effects.cwd, artifacts);
  const found = await resolveEngine(pipeline, steps, options, join(root, '.store'));
  const capacity = machineCapacity(jobs, effects.env);
  const code = loadStageCode();
  const training = { ...(found && { engine: { name: found.name, facts: found.engine.key } }), cores: capacity.cores };
  const programNow = (): ProgramOf => programsOf(code, training, thisRuntime(effects.env));
  const store = await openStore(root, effects);
  const outside = steps.flatMap(step => givenPaths(step).map(({ path }) => path));
  effects.err.write(doubtsText([root, ...outside]));
  return {
    store,
    engine: found?.name ?? '',
    occupies: found?.engine.occupies,
    program: programNow(),
    programNow,
    capacity,
  };
}

/** The engine and its name; undefined for steps that need none. */
async function resolveEngine(
  pipeline: CheckedPipeline,
  steps: readonly CheckedStep[],
  { engine }: SiteOptions,
  notes: string,
): Promise<{ readonly name: string; readonly engine: Engine } | undefined> {
  const training = steps.filter(step => step.stage.usesEngine === true);
  if (training.length === 0) return undefined;
  const { findEngine } = await import('../../learning/engines/find-engine');
  const { openEngine } = await import('../../learning/engines/start-engine');
  // One engine serves them all, so that what is compared was trained alike.
  const precision = training.some(step => step.options['precision'] === 'bf16') ? 'bf16' : 'f32';
  const { name } = await findEngine(engine ?? pipeline.engine ?? 'auto', notes, precision);
  return { name, engine: await openEngine(name) };
}
