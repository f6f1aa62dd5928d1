import type { Manifest } from '../artifacts/manifest';
import { readManifest } from '../artifacts/manifest';
import { namedKey, namedPath } from '../artifacts/names';
import type { OverviewStep } from '../artifacts/overview';
import type { Store } from '../artifacts/store';
import type { CheckedPipeline, CheckedStep } from '../configuration/checked-pipeline';
import type { Failure } from './events';
import { needsOf } from './selection';
import type { StepOutcome } from './run-step';

export interface StepStates {
  readonly outcomes: ReadonlyMap<string, StepOutcome>;
  readonly failures: ReadonlyMap<string, Failure>;
}

/** What the overview page shows of each step, those included that this run did not touch. */
export async function overviewSteps(
  pipeline: CheckedPipeline,
  states: StepStates,
  store: Store,
): Promise<OverviewStep[]> {
  const steps: OverviewStep[] = [];
  for (const step of pipeline.steps) {
    const { id, stage } = step;
    steps.push({ id, uses: stage.name, summary: stage.summary, needs: needsOf(step), ...(await stateOf(step)) });
  }
  return steps;

  async function stateOf({ id }: CheckedStep): Promise<Pick<OverviewStep, 'status' | 'manifest' | 'failure'>> {
    const outcome = states.outcomes.get(id);
    if (outcome !== undefined) {
      return { status: outcome.reused ? 'reused' : 'executed', manifest: outcome.artifact.manifest };
    }
    const failure = states.failures.get(id);
    const manifest = await earlierManifest(store, pipeline.name, id);
    if (failure !== undefined) return { status: 'failed', failure: failure.message, manifest };
    return { status: manifest === undefined ? 'not run' : 'earlier', manifest };
  }
}

/** Of the artifact that the step's name still shows from an earlier run. */
async function earlierManifest(store: Store, pipeline: string, step: string): Promise<Manifest | undefined> {
  const key = namedKey(store, pipeline, step);
  if (key === undefined) return undefined;
  const manifest = await readManifest(namedPath(store, pipeline, step), key).catch(() => 'unreadable');
  return typeof manifest === 'string' ? undefined : manifest;
}
