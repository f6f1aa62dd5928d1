import { setTimeout } from 'node:timers/promises';
import { redactor } from '../configuration/check/secrets';
import { messageOf } from '../../errors';
import { runName } from '../history/run-name';
import { clip } from '../../kit/text/printable';
import type { RunFinished } from '../run/events';
import { idIn, mlflowClient, MlflowRefusal, mlflowSecrets, type MlflowClient } from './mlflow-client';
import { metricsOf, paramsOf, type MlflowMetric } from './mlflow-values';
import type { TrackedRun, Tracker, TrackerMember } from './tracker';

const EVERY_MS = 1000;
/** What the server takes at once. */
const MOST = { params: 100, metrics: 1000 };
/** Metrics that wait for a server that does not answer; then the oldest are lost. */
const MOST_WAITING = 20_000;
/** Milliseconds for everything sent at the end, and for the part before the final status. */
const [CLOSE_MS, METRICS_MS] = [3000, 2000];
/** After a failure it is left alone for a second, then for two, up to this. */
const LONGEST_PAUSE_MS = 60_000;
const LONGEST_REASON = 100;

const STATUS: Readonly<Record<RunFinished['outcome'], string>> = {
  done: 'FINISHED',
  failed: 'FAILED',
  interrupted: 'KILLED',
};

export const mlflow: TrackerMember = {
  summary: 'an MLflow server, if MLFLOW_TRACKING_URI holds its address',
  open: openMlflow,
};

/**
 * Sends a run to an MLflow server, in the background: experiment = pipeline, params = options of the stages, metrics, tags. Undefined unless
 * `MLFLOW_TRACKING_URI` is an address. A failing server is reported once; it is tried again, and given up when it says no.
 */
function openMlflow(run: TrackedRun): Tracker | undefined {
  const { effects } = run;
  const ending = new AbortController();
  const redact = redactor(mlflowSecrets(effects.env));
  const warn = (error: unknown): void =>
    effects.err.write(`MLflow rejects the data of this run (${reasonOf(error, redact)}); the run continues\n`);
  let client: MlflowClient | undefined;
  try {
    client = mlflowClient(effects.env, ending.signal);
  } catch (error) {
    warn(error);
  }
  if (client === undefined) return undefined;
  return tellServer(run, client, ending, warn);
}

/** The tracker of one run on a server. `ending` ends the requests of `client`. */
function tellServer(
  run: TrackedRun,
  client: MlflowClient,
  ending: AbortController,
  warn: (error: unknown) => void,
): Tracker {
  const { effects } = run;

  let params = paramsOf(run.pipeline);
  let waiting: MlflowMetric[] = [];
  let outcome: RunFinished['outcome'] = 'failed';
  let isGivenUp = false;
  let hasWarned = false;
  let pause = 0;
  let nextTry = 0;
  let working: Promise<void> | undefined;
  let begun: Promise<string> | undefined;
  const lastSteps = new Map<string, number>();

  const fail = (error: unknown): void => {
    if (!hasWarned && !ending.signal.aborted) warn(error);
    hasWarned = true;
    isGivenUp ||= error instanceof MlflowRefusal;
    pause = Math.min(LONGEST_PAUSE_MS, Math.max(EVERY_MS, 2 * pause));
    nextTry = effects.now() + pause;
  };
  const begin = (): Promise<string> => {
    begun ??= beginRun(client, run).catch((error: unknown) => {
      begun = undefined;
      throw error;
    });
    return begun;
  };
  const sendAll = async (): Promise<void> => {
    const id = await begin();
    while (params.length > 0) {
      await client.post('runs/log-batch', { run_id: id, params: params.slice(0, MOST.params) });
      params = params.slice(MOST.params);
    }
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST.metrics);
      await client.post('runs/log-batch', { run_id: id, metrics: batch });
      // Meanwhile some may have been added behind, or lost before.
      const sent = new Set(batch);
      waiting = waiting.filter(metric => !sent.has(metric));
    }
    pause = 0;
  };
  /** One at a time; what comes meanwhile waits. */
  const work = (isLast = false): Promise<void> => {
    if (isGivenUp || (!isLast && effects.now() < nextTry)) return Promise.resolve();
    working ??= sendAll()
      .catch(fail)
      .finally(() => (working = undefined));
    return working;
  };
  const finish = async (): Promise<void> => {
    // Twice: the first may be a batch that was under way when the last metrics came.
    const rest = work(true).then(() => work(true));
    await Promise.race([rest, setTimeout(METRICS_MS, undefined, { ref: false })]);
    if (isGivenUp) return;
    // Goes beside a batch that takes long: a run that seems to run for ever is worse than a curve without its end.
    await client.post('runs/update', { run_id: await begin(), status: STATUS[outcome], end_time: effects.now() });
  };
  const add = (metrics: readonly MlflowMetric[]): void => {
    if (isGivenUp) return;
    waiting.push(...metrics);
    // Not with every one: copying takes time.
    if (waiting.length > MOST_WAITING + MOST.metrics) waiting = waiting.slice(-MOST_WAITING);
  };

  const endTicks = effects.every(EVERY_MS, () => void work());
  void work();
  return {
    take: event => {
      const timestamp = Date.parse(event.time);
      if (event.type === 'stage-scalars') {
        lastSteps.set(event.stage, event.step);
        add(metricsOf(event.stage, event.values, { timestamp, step: event.step }));
      } else if (event.type === 'stage-finished' || event.type === 'stage-reused') {
        // At the end of the curve of the same name, if there is one.
        add(metricsOf(event.stage, event.metrics, { timestamp, step: lastSteps.get(event.stage) ?? 0 }));
      } else if (event.type === 'run-finished') {
        outcome = event.outcome;
      }
    },
    close: async () => {
      endTicks();
      const isInTime = finish()
        .catch(fail)
        .then(() => true);
      const isOver = setTimeout(CLOSE_MS, false, { ref: false });
      if (!(await Promise.race([isInTime, isOver])) || waiting.length > 0) fail(new Error('it takes too long'));
      // Requests that are under way would keep the process alive.
      ending.abort();
    },
  };
}

/** Makes the run on the server. Resolves to its id there. */
async function beginRun(client: MlflowClient, { pipeline, history, effects }: TrackedRun): Promise<string> {
  const [experiment, git] = await Promise.all([client.experiment(pipeline.name), history.git]);
  const tags = {
    'fairdistill.run': history.id,
    'mlflow.source.name': pipeline.file,
    'mlflow.source.type': 'JOB',
    ...(git === null ? {} : { 'mlflow.source.git.commit': git.commit }),
    ...(git?.branch == null ? {} : { 'mlflow.source.git.branch': git.branch }),
  };
  const answer = await client.post('runs/create', {
    experiment_id: experiment,
    run_name: runName(history.id),
    start_time: effects.now(),
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  });
  return idIn((answer['run'] as { info?: unknown } | undefined)?.info, 'run_id');
}

/** `fetch` keeps what was wrong in the cause. */
function reasonOf(error: unknown, redact: (text: string) => string): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined;
  return clip(redact(typeof cause?.code === 'string' ? cause.code : messageOf(error)), LONGEST_REASON);
}
