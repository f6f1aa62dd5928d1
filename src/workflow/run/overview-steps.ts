import { relative, sep } from 'node:path';
import {
  drawnPictures,
  namedObject,
  pipelineFolder,
  readManifest,
  shownFolder,
  type Artifact,
  type Manifest,
  type Store,
} from '../store';
import type { ProgramOf } from '../keys/program';
import type { OverviewStep } from '../overview/overview';
import type { CheckedPipeline, CheckedStep } from '../configuration/checked-pipeline';
import type { Failure } from './events';
import { needsOf } from '../plan/selection';
import type { StepOutcome } from './run-step';

export interface StepStates {
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/** What the overview page shows of each step, those included that this run did not touch. */
export function overviewSteps(
  pipeline: CheckedPipeline,
  states: StepStates,
  { store, program }: { readonly store: Store; readonly program: ProgramOf },
): OverviewStep[] {
  const steps: OverviewStep[] = [];
  for (const step of pipeline.steps) {
    const { id, stage } = step;
    steps.push({
      id,
      uses: stage.name,
      summary: stage.summary,
      needs: needsOf(step),
      at: placeOf(step),
      ...stateOf(step),
    });
  }
  return steps;

  function placeOf({ id }: CheckedStep): string[] {
    return relative(pipelineFolder(store, pipeline.name), shownFolder(store, pipeline.name, id)).split(sep);
  }

  function stateOf(step: CheckedStep): Pick<OverviewStep, 'status' | 'manifest' | 'pictures' | 'outdated' | 'failure'> {
    const { id } = step;
    const drawn = (folder: string): Pick<OverviewStep, 'pictures' | 'outdated'> =>
      drawnPictures(folder, program(step).pictures?.digest);
    const outcome = states.outcomes.get(id);
    if (outcome !== undefined) {
      const status = outcome.reused ? 'reused' : 'executed';
      return { status, manifest: ownManifest(outcome.artifact), ...drawn(outcome.artifact.folder) };
    }
    const failure = states.failures.get(id);
    const manifest = earlierManifest(store, pipeline.name, id);
    const { pictures, outdated } = manifest === undefined ? {} : drawn(shownFolder(store, pipeline.name, id));
    if (failure !== undefined) return { status: 'failed', failure: failure.message, manifest, pictures, outdated };
    return { status: manifest === undefined ? 'not run' : 'earlier', manifest, pictures, outdated };
  }
}

/** Equal results of two keys are one object, whose manifest describes the first; a step shows how its own was made. */
function ownManifest({ manifest, action }: Artifact): Manifest {
  const { started, finished, seconds, peakMemory, engine, run } = action;
  return { ...manifest, started, finished, seconds, peakMemory, engine, run };
}

/** Of the artifact that the step's name still shows from an earlier run. */
function earlierManifest(store: Store, pipeline: string, step: string): Manifest | undefined {
  if (namedObject(store, pipeline, step) === undefined) return undefined;
  const manifest = readManifest(shownFolder(store, pipeline, step));
  return typeof manifest === 'string' ? undefined : manifest;
}
