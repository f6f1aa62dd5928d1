import { Observable } from 'rxjs';
import {
  asStorageError,
  drawnPictures,
  pipelineFolder,
  removeOtherNames,
  shownFolder,
  type Artifact,
  type Store,
} from '../store';
import { isReported, overviewPath, REPORT_PAGE, writeOverview } from '../overview/overview';
import type { CheckedPipeline, CheckedStep, Resources } from '../configuration/checked-pipeline';
import { redactor } from '../configuration/check/secrets';
import { EXIT, messageOf } from '../../errors';
import type { Executor } from '../executors/executor';
import { EVENTS_FORMAT, timed, type Failure, type RunEvent, type RunEventBody, type RunFinished } from './events';
import { AttemptFailed } from './execute';
import { describeFailure, withoutSecrets } from './failure';
import { overviewSteps } from './overview-steps';
import { bindInputs } from '../plan/plan-pipeline';
import { createPlanner } from '../plan/planner';
import type { ProgramOf } from '../keys/program';
import type { RunIdentity, RunScope } from './run-scope';
import { runStep, type StepOutcome } from './run-step';
import { schedule } from './schedule';
import { needsOf, type Selected } from '../plan/selection';
import { assertFits, createSlots, type Capacity, type Grant } from './slots';

export interface RunOptions {
  readonly store: Store;
  readonly executor: Executor;
  readonly capacity: Capacity;
  /** What a step takes that declares nothing; what it declares goes over it. */
  readonly demandOf: (step: CheckedStep) => Resources;
  /** Resolved name of the training engine; empty when no stage uses one. */
  readonly engine: string;
  readonly program: ProgramOf;
  readonly programNow?: RunScope['programNow'];
  readonly run: RunIdentity;
  /** After a failure, finish what does not depend on it. */
  readonly keepGoing: boolean;
  /** Waits for other processes that make the same; else such a stage fails as `locked`. */
  readonly wait: boolean;
  readonly follow: RunScope['follow'];
  /** Aborting it ends the run cleanly: the run waits for what is under way to stop, then finishes as `interrupted`. Its reason is the exit code. */
  readonly signal: AbortSignal;
}

/**
 * Runs selected steps of a checked pipeline on subscription. A stage that fails ends in a `stage-failed` event; what runs beside it is finished,
 * nothing new is started unless `keepGoing`, and `run-finished` says so: the Observable itself errors only when there is no way to go on.
 * Throws UserError `too-few-resources`. Unsubscribing interrupts the run.
 */
export function runPipeline(pipeline: CheckedPipeline, selected: Selected, options: RunOptions): Observable<RunEvent> {
  for (const step of selected.steps) assertFits(step, demandOf(step, options), options.capacity);
  return new Observable<RunEvent>(subscriber => {
    const unsubscribed = new AbortController();
    const signal = AbortSignal.any([options.signal, unsubscribed.signal]);
    const emit = (event: RunEventBody): void =>
      subscriber.next(timed(event, new Date(options.store.clock.now()).toISOString()));
    run(pipeline, selected, { ...options, signal }, emit).then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(error),
    );
    return () => unsubscribed.abort();
  });
}

async function run(
  pipeline: CheckedPipeline,
  { steps, mustBeThere, forced }: Selected,
  options: RunOptions,
  emit: (event: RunEventBody) => void,
): Promise<void> {
  const { store, signal, run: identity } = options;
  const started = store.clock.now();
  const tasks = steps.map(step => ({ id: step.id, needs: needsOf(step), demand: demandOf(step, options) }));
  emit({
    type: 'run-started',
    format: EVENTS_FORMAT,
    run: identity.id,
    runFolder: identity.folder,
    pipeline: pipeline.name,
    file: pipeline.file,
    stages: steps.map(step => ({ id: step.id, uses: step.stage.name, needs: needsOf(step) })),
    jobs: options.capacity.jobs,
  });
  const state: RunState = { outcomes: new Map(), artifacts: new Map(), failures: new Map() };
  const planner = createPlanner({ pipeline, store, program: options.program, cores: options.capacity.cores, signal });
  const redact = redactor(pipeline.secrets);
  const tellExpected = once(async () => {
    const each = steps.map(async step => [step.id, (await planner.expected(step))?.seconds ?? null] as const);
    const known = await Promise.all(each);
    if (known.some(([, seconds]) => seconds !== null))
      emit({ type: 'run-expected', seconds: Object.fromEntries(known) });
  });
  const scope: RunScope = {
    ...options,
    made: new Set(),
    drawing: new Map(),
    pipeline,
    planner,
    emit,
    tellExpected,
    redact,
  };
  const byId = new Map(steps.map(step => [step.id, step]));
  await schedule({
    tasks,
    slots: createSlots(options.capacity),
    mayStart: () => !signal.aborted && (state.failures.size === 0 || options.keepGoing),
    // What waits for an interrupted stage was not reached.
    skip: (stage, because) => {
      if (state.failures.has(because)) emit({ type: 'stage-skipped', stage, because });
    },
    run: (id, grant) => {
      const mode = { force: forced.has(id), mustBeThere: mustBeThere.has(id), grant };
      return attempt(byId.get(id)!, scope, mode, state);
    },
  });
  const warnings = await showState(pipeline, state, options);
  const seconds = (store.clock.now() - started) / 1000;
  emit({ ...summarize(pipeline, steps, state, options), seconds, warnings });
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined;
  return () => (begun ??= work());
}

/** Updates the page and the names that people open. All results are stored already, so failures here are only reported. */
async function showState(pipeline: CheckedPipeline, state: RunState, options: RunOptions): Promise<string[]> {
  const { store } = options;
  try {
    const all = pipeline.steps.map(step => step.id);
    if (state.outcomes.size === all.length) await removeOtherNames(store, pipeline.name, all);
    await writeOverview(store, pipeline.name, overviewSteps(pipeline, state, options));
    return [];
  } catch (error) {
    return [`the overview is out of date: ${messageOf(asStorageError(error, store.root))}`];
  }
}

/** What has happened so far, by id of the step. */
interface RunState {
  readonly outcomes: Map<string, StepOutcome>;
  readonly artifacts: Map<string, Artifact>;
  readonly failures: Map<string, Failure>;
}

async function attempt(
  step: CheckedStep,
  scope: RunScope,
  mode: { readonly force: boolean; readonly mustBeThere: boolean; readonly grant: Grant },
  state: RunState,
): Promise<boolean> {
  const started = scope.store.clock.now();
  try {
    const outcome = await runStep(step, bindInputs(step, state.artifacts), scope, mode);
    state.outcomes.set(step.id, outcome);
    state.artifacts.set(step.id, outcome.artifact);
    return true;
  } catch (error) {
    // An interrupted stage has not failed: it was not run.
    if (scope.signal.aborted) return false;
    const nothing = { item: null, log: [], logFile: null, rerun: scope.run.rerun(step.id) };
    const {
      reason,
      traces,
      attempt: count,
    } = error instanceof AttemptFailed ? error : { reason: error, traces: nothing, attempt: 1 };
    const failure = withoutSecrets(describeFailure(reason, traces), scope.redact);
    state.failures.set(step.id, failure);
    const seconds = (scope.store.clock.now() - started) / 1000;
    scope.emit({ type: 'stage-failed', stage: step.id, seconds, attempt: count, error: failure });
    return false;
  }
}

/** In the order of the stages, so that what is doubtful about the data stands before what was measured on them. */
function headlinesOf(steps: readonly CheckedStep[], outcomes: RunState['outcomes']): RunFinished['headlines'] {
  return steps.flatMap(({ id }) => {
    const text = outcomes.get(id)?.artifact.manifest.headline ?? null;
    return text === null ? [] : [{ stage: id, text }];
  });
}

function demandOf(step: CheckedStep, { demandOf: usual }: RunOptions): Resources {
  return { ...usual(step), ...step.resources };
}

function summarize(
  pipeline: CheckedPipeline,
  steps: readonly CheckedStep[],
  { outcomes, failures }: RunState,
  { store, signal, program, run: identity }: RunOptions,
): Omit<RunFinished, 'seconds' | 'warnings'> {
  const reused = [...outcomes.values()].filter(outcome => outcome.reused).length;
  const complete = outcomes.size === steps.length;
  const [failure] = failures.values();
  const interrupted = typeof signal.reason === 'number' ? signal.reason : EXIT.interrupted;
  return {
    type: 'run-finished',
    run: identity.id,
    runFolder: identity.folder,
    pipeline: pipeline.name,
    outcome: complete ? 'done' : failure === undefined ? 'interrupted' : 'failed',
    exit: complete ? EXIT.done : signal.aborted ? interrupted : (failure?.exit ?? EXIT.resumable),
    stages: steps.length,
    reused,
    executed: outcomes.size - reused,
    failed: failures.size,
    notRun: steps.length - outcomes.size - failures.size,
    headlines: headlinesOf(steps, outcomes),
    folder: pipelineFolder(store, pipeline.name),
    overview: overviewPath(store, pipeline.name),
    // One that an older version has drawn is on the overview, which says so.
    reports: steps.flatMap(step => {
      const { id } = step;
      const folder = outcomes.get(id)?.artifact.folder;
      if (folder === undefined) return [];
      const { pictures, outdated } = drawnPictures(folder, program(step).pictures?.digest);
      return isReported(pictures) && !outdated
        ? [[shownFolder(store, pipeline.name, id), ...REPORT_PAGE].join('/')]
        : [];
    }),
  };
}
