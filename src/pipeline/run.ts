import { Observable } from 'rxjs';
import { namedPath, pipelineFolder, removeOtherNames } from '../artifacts/names';
import { writeOverview } from '../artifacts/overview';
import type { Artifact, Store } from '../artifacts/store';
import { EXIT, UserError, messageOf } from '../errors';
import type { Executor } from '../executors';
import type { CheckedPipeline, CheckedStep } from '../configuration/checked-pipeline';
import type { Failure, RunEvent, RunEventBody, RunFinished } from './events';
import { overviewSteps } from './overview-steps';
import { assertKnown, finalSteps, needsOf, planSteps } from './plan';
import { runStep, type BoundInput, type RunScope, type StepOutcome } from './run-step';
import { schedule } from './schedule';

export interface RunOptions {
  readonly store: Store;
  readonly executor: Executor;
  /** Steps to run, with what they need; all when empty. */
  readonly targets: readonly string[];
  /** Steps to execute although their artifact is there. */
  readonly force: readonly string[] | 'all';
  /** How many stages run at once. */
  readonly jobs: number;
  /** How many things a stage does at once. */
  readonly cores: number;
  /** Resolved name of the training engine; empty when no stage uses one. */
  readonly engine: string;
  /** Aborting it ends the run cleanly: the run waits for what is under way to stop, then finishes as `interrupted`. */
  readonly signal: AbortSignal;
}

/**
 * Runs a checked pipeline on subscription. A stage that fails ends in a `stage-failed` event; what runs beside it is finished,
 * nothing new is started, and `run-finished` says so: the Observable itself errors only when there is no way to go on.
 * Throws UserError `unknown-stage` for a target that does not exist. Unsubscribing interrupts the run.
 */
export function runPipeline(pipeline: CheckedPipeline, options: RunOptions): Observable<RunEvent> {
  const steps = planSteps(pipeline, options.targets);
  if (options.force !== 'all') options.force.forEach(id => assertKnown(pipeline, id));
  return new Observable<RunEvent>(subscriber => {
    const unsubscribed = new AbortController();
    const signal = AbortSignal.any([options.signal, unsubscribed.signal]);
    const emit = (event: RunEventBody): void =>
      subscriber.next({ time: new Date(options.store.clock.now()).toISOString(), ...event });
    run(pipeline, steps, { ...options, signal }, emit).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => unsubscribed.abort();
  });
}

async function run(
  pipeline: CheckedPipeline,
  steps: readonly CheckedStep[],
  options: RunOptions,
  emit: (event: RunEventBody) => void,
): Promise<void> {
  const { store, signal } = options;
  const started = store.clock.now();
  const tasks = steps.map(step => ({ id: step.id, uses: step.stage.name, needs: needsOf(step) }));
  emit({ type: 'run-started', pipeline: pipeline.name, file: pipeline.file, stages: tasks, jobs: options.jobs });
  const state: RunState = { outcomes: new Map(), failures: new Map() };
  const scope: RunScope = { ...options, pipeline: pipeline.name, emit, underWay: new Map() };
  await schedule({
    tasks,
    jobs: options.jobs,
    mayStart: () => state.failures.size === 0 && !signal.aborted,
    run: id =>
      attempt(
        steps.find(step => step.id === id)!,
        scope,
        options.force,
        state,
      ),
  });
  const all = pipeline.steps.map(step => step.id);
  if (state.outcomes.size === all.length) await removeOtherNames(store, pipeline.name, all);
  const overview = await writeOverview(store, pipeline.name, await overviewSteps(pipeline, state, store));
  const seconds = (store.clock.now() - started) / 1000;
  emit({ ...summarize(pipeline, steps, state, options), overview, seconds });
}

/** What has happened so far, by id of the step. */
interface RunState {
  readonly outcomes: Map<string, StepOutcome>;
  readonly failures: Map<string, Failure>;
}

async function attempt(
  step: CheckedStep,
  scope: RunScope,
  force: RunOptions['force'],
  state: RunState,
): Promise<boolean> {
  const started = scope.store.clock.now();
  try {
    const forced = force === 'all' || force.includes(step.id);
    state.outcomes.set(step.id, await runStep(step, bindInputs(step, state), scope, { force: forced }));
    return true;
  } catch (error) {
    // An interrupted stage has not failed: it was not run.
    if (scope.signal.aborted) return false;
    const failure = describeFailure(error);
    state.failures.set(step.id, failure);
    const seconds = (scope.store.clock.now() - started) / 1000;
    scope.emit({ type: 'stage-failed', stage: step.id, seconds, error: failure });
    return false;
  }
}

function bindInputs(step: CheckedStep, { outcomes }: RunState): BoundInput[] {
  return Object.entries(step.inputs).flatMap(([port, sources]) =>
    sources.map(source => {
      const { folder, manifest }: Artifact = outcomes.get(source.step)!.artifact;
      const { digest } = manifest.outputs[source.port]!;
      return {
        record: { port, step: source.step, output: source.port, digest, key: manifest.key },
        input: { stage: source.step, folder: `${folder}/${source.port}`, digest },
      };
    }),
  );
}

function describeFailure(error: unknown): Failure {
  const message = messageOf(error);
  if (error instanceof UserError) return { message, code: error.code, exit: error.exit };
  return { message, code: null, exit: EXIT.stageFailed, ...(error instanceof Error ? { stack: error.stack } : {}) };
}

function summarize(
  pipeline: CheckedPipeline,
  steps: readonly CheckedStep[],
  { outcomes, failures }: RunState,
  { store, signal }: RunOptions,
): Omit<RunFinished, 'overview' | 'seconds'> {
  const reused = [...outcomes.values()].filter(outcome => outcome.reused).length;
  const complete = outcomes.size === steps.length;
  const [failure] = failures.values();
  return {
    type: 'run-finished',
    pipeline: pipeline.name,
    outcome: complete ? 'done' : failure === undefined ? 'interrupted' : 'failed',
    exit: complete ? EXIT.done : signal.aborted ? EXIT.interrupted : (failure?.exit ?? EXIT.interrupted),
    stages: steps.length,
    reused,
    executed: outcomes.size - reused,
    failed: failures.size,
    notRun: steps.length - outcomes.size - failures.size,
    headlines: finalSteps(steps).flatMap(({ id }) => {
      const text = outcomes.get(id)?.artifact.manifest.headline ?? null;
      return text === null ? [] : [{ stage: id, text }];
    }),
    folder: pipelineFolder(store, pipeline.name),
    reports: steps.flatMap(({ id }) => {
      const files = outcomes.get(id)?.artifact.manifest.files ?? [];
      return files.some(file => file.path === 'report.html')
        ? [`${namedPath(store, pipeline.name, id)}/report.html`]
        : [];
    }),
  };
}
