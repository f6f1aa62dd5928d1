import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCheckpoints, removeCheckpoints } from '../store/actions/checkpoints';
import { checkSettled } from '../store/upkeep/collecting';
import { LOG_FILE } from '../store/objects/contents';
import { asStorageError, findArtifact, type Artifact, type Store } from '../store';
import { misleadingIn } from '../store/objects/strangers';
import { beginArtifact, commitArtifact, failArtifact, type Workspace } from '../store/objects/workspace';
import type { CheckedStep } from '../configuration/checked-pipeline';
import { redactTexts, revealSecrets } from '../configuration/check/secrets';
import { UserError } from '../../errors';
import type { WorkEvent } from '../executors/executor';
import { assertUnchanged } from '../inputs/fingerprint';
import { splitPort } from '../../kit/text/port-names';
import { draftOf } from './draft';
import { describeFailure, isWorthAnother, withoutSecrets, type Traces } from './failure';
import { byPort, type Plan } from '../plan/planner';
import { keepModules } from '../keys/program';
import { limits } from './limits';
import type { RunScope } from './run-scope';
import { assertSameProgram } from './same-program';
import type { Grant } from './slots';
import { recordStage, type StageOutput, type StageRecorder } from './stage-record';

export interface Executed {
  readonly artifact: Artifact;
  readonly output: StageOutput;
  /** First file in which an earlier execution with the same key was different; null when there was none. */
  readonly differs: string | null;
}

export interface ExecuteMode {
  readonly force: boolean;
  readonly grant: Grant;
}

/** An error with what the last attempt left behind. */
export class AttemptFailed extends Error {
  constructor(
    readonly reason: unknown,
    readonly traces: Traces,
    readonly attempt: number,
  ) {
    super('An attempt failed', { cause: reason });
  }
}

/** From how many earlier artifacts a stage may take rows. */
const MOST_EARLIER = 4;
const LONGEST_DELAY_S = 600;
/** Codes of errors that say, after the work, that it was not the work that the key stands for. */
const SPOILED: ReadonlySet<string> = new Set(['input-changed', 'code-changed-midway']);

/** Runs the stage; retries after failures that another attempt may avoid. Rejects with `AttemptFailed`. */
export async function execute(plan: Plan, scope: RunScope, mode: ExecuteMode): Promise<Executed> {
  const { step } = plan;
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce(plan, scope, mode, attempt);
    } catch (error) {
      const { reason, traces } = error as AttemptFailed;
      if (attempt > step.retry.times || scope.signal.aborted || !isWorthAnother(reason)) throw error;
      const delay = Math.min(step.retry.delay * 2 ** (attempt - 1), LONGEST_DELAY_S);
      const failure = withoutSecrets(describeFailure(reason, traces), scope.redact);
      scope.emit({ type: 'stage-retry', stage: step.id, attempt, delay, error: failure });
      await sleep(delay * 1000, undefined, { signal: scope.signal }).catch(() => {
        throw error;
      });
    }
  }
}

async function attemptOnce(plan: Plan, scope: RunScope, mode: ExecuteMode, attempt: number): Promise<Executed> {
  const { step, key, prints } = plan;
  const { store } = scope;
  const started = store.clock.now();
  const { gpus } = mode.grant;
  scope.emit({ type: 'stage-started', stage: step.id, uses: step.stage.name, key, attempt, gpus });
  const checkpoints = await openCheckpoints(store, key);
  const workspace = await beginArtifact(store, key, Object.keys(step.stage.outputs));
  let record: StageRecorder | undefined;
  try {
    await assertNothingStrange(plan);
    record = recordStage(workspace.folder, () => store.clock.now());
    // Before the work, which may take hours, and after it.
    assertSameProgram(plan, scope, 'before');
    const output = await work({ plan, workspace, checkpoints, record, mode }, scope);
    for (const print of prints) await assertUnchanged(print);
    assertSameProgram(plan, scope, 'midway');
    await assertSound(plan, store);
    await assertNothingStrange(plan);
    await keepModules(store, plan.present.modules);
    const draft = draftOf(plan, output, started, scope);
    const artifact = await commitArtifact(store, workspace, draft);
    await removeCheckpoints(store, key);
    return { artifact, output, differs: artifact.differs };
  } catch (error) {
    record?.close();
    const kept = await failArtifact(store, workspace).catch(() => undefined);
    // Otherwise the next attempt with this key would resume from work on other inputs or code.
    if (error instanceof UserError && SPOILED.has(error.code))
      await removeCheckpoints(store, key).catch(() => undefined);
    const reason = asStorageError(nameKept(error, kept), store.root);
    const [item, log] = [record?.item() ?? null, record?.tail() ?? []];
    const logFile =
      scope.run.notes.logFile(step.id) ?? (kept === undefined || log.length === 0 ? null : join(kept, LOG_FILE));
    throw new AttemptFailed(reason, { item, log, logFile, rerun: scope.run.rerun(step.id) }, attempt);
  }
}

/** What was read must be what the key says, also where somebody has written into an artifact meanwhile. */
async function assertSound({ inputs }: Plan, store: Store): Promise<void> {
  const objects = new Map(inputs.map(({ record }) => [record.object, record.step]));
  for (const [object, step] of objects) {
    const found = await checkSettled(store, object);
    if (typeof found !== 'string') continue;
    throw new UserError(
      `Cannot keep the result: the artifact of "${step}" was damaged while it was being read (${found}); run the same command again, which makes it again`,
      { code: 'input-changed' },
    );
  }
}

/** A stage that lists a folder would take for a part of it what somebody has put there. */
async function assertNothingStrange({ step, inputs }: Plan): Promise<void> {
  for (const { record, input } of inputs) {
    if (step.stage.inputs[splitPort(record.port)[0]]?.isListed !== true) continue;
    const [stranger] = await misleadingIn(dirname(input.folder), record.output);
    if (stranger === undefined) continue;
    throw new UserError(
      `Cannot read the artifact of "${record.step}": ${stranger} does not belong to it and would be read as a part of it; move it elsewhere and run the same command again`,
      { code: 'stranger-in-input' },
    );
  }
}

/** Something beside its log was put aside for a person. */
function nameKept(error: unknown, kept: string | undefined): unknown {
  if (kept === undefined || !(error instanceof UserError)) return error;
  if (readdirSync(kept).every(name => name === LOG_FILE)) return error;
  const { message, code, exit, item } = error;
  return new UserError(`${message}; kept in ${kept}`, { code, exit, item, cause: error });
}

interface Attempt {
  readonly plan: Plan;
  readonly workspace: Workspace;
  readonly checkpoints: string;
  readonly record: StageRecorder;
  readonly mode: ExecuteMode;
}

async function work({ plan, workspace, checkpoints, record, mode }: Attempt, scope: RunScope): Promise<StageOutput> {
  const { step, inputs } = plan;
  const { cores, gpus } = mode.grant;
  const request = {
    stage: step.stage,
    options: revealSecrets(step.options, scope.pipeline.secrets),
    inputs: byPort(inputs),
    folder: workspace.folder,
    cores,
    engine: step.stage.usesEngine === true ? scope.engine : '',
    earlier: mode.force ? [] : await foldersOf(plan, scope),
    checkpoints,
    texts: plan.texts,
    memoryLimit: step.limits.memory,
    env: { ...step.env, ...(gpus.length > 0 ? { CUDA_VISIBLE_DEVICES: gpus.join(',') } : {}) },
  };
  const limit = limits(scope.signal, step.timeout, () => timedOut(step));
  try {
    await scope.executor.run(request, limit.signal).forEach(event => {
      try {
        passOn(event, step.id, record, scope);
      } catch (error) {
        limit.end(error);
      }
    });
  } catch (error) {
    throw limit.reason() ?? error;
  } finally {
    limit.clear();
  }
  if (limit.reason() !== undefined) throw limit.reason();
  return record.finish();
}

function passOn(raw: WorkEvent, stage: string, record: StageRecorder, { emit, redact, run }: RunScope): void {
  const event = withoutSecretsIn(raw, redact);
  record.take(event);
  if (event.type === 'progress') emit({ ...event, type: 'stage-progress', stage });
  if (event.type === 'log') emit({ ...event, type: 'stage-log', stage });
  if (event.type === 'output') run.notes.output(stage, event.text);
  if (event.type === 'scalars') emit({ ...event, type: 'stage-scalars', stage });
  if (event.type === 'resumed') emit({ type: 'stage-log', stage, level: 'info', text: `resumes at ${event.at}` });
}

/** Members of events that are words of ours, or names of files, whatever a secret looks like. */
const AS_THEY_ARE = ['type', 'level', 'file'];

/** Before anybody takes a part of it: names of metrics and captions are kept and shown as well as texts. */
function withoutSecretsIn(event: WorkEvent, redact: (text: string) => string): WorkEvent {
  const members = Object.entries(event).map(([name, value]: [string, unknown]) => [
    name,
    AS_THEY_ARE.includes(name) ? value : redactTexts(value, redact),
  ]);
  return Object.fromEntries(members) as WorkEvent;
}

function timedOut({ id, timeout }: CheckedStep): UserError {
  return new UserError(
    `Stage "${id}" took longer than its timeout of ${timeout} s and was ended: raise "timeout", or see in its log what delays it`,
    { code: 'stage-timeout' },
  );
}

/** Those that are still sound: rows of a damaged artifact are never taken. */
async function foldersOf({ similar }: Plan, { store }: RunScope): Promise<string[]> {
  // Several keys may have one object.
  const folders = new Set<string>();
  for (const { key } of similar) {
    if (folders.size >= MOST_EARLIER) break;
    const lookup = await findArtifact(store, key);
    if (lookup.found) folders.add(lookup.artifact.folder);
  }
  return [...folders];
}
