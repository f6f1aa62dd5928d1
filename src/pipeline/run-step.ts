import type { Action } from '../artifacts/action';
import { acquireLease, tryLease, type Lease, type LeaseOwner, type LeaseTerms } from '../artifacts/leases';
import { nameArtifact, shownFolder } from '../artifacts/names';
import { settleQuarantine } from '../artifacts/quarantine';
import { asStorageError } from '../artifacts/storage-error';
import { findArtifact, type Artifact } from '../artifacts/store';
import type { CheckedStep } from '../configuration/checked-pipeline';
import { EXIT, UserError } from '../errors';
import type { StageResult } from './events';
import { execute } from './execute';
import type { BoundInput, Plan } from './planner';
import type { RunScope } from './run-scope';
import type { Grant } from './slots';

export interface StepOutcome {
  readonly reused: boolean;
  readonly artifact: Artifact;
}

export interface StepMode {
  readonly force: boolean;
  /** Reuses only: the step was not asked for, but what was asked for needs it. */
  readonly mustBeThere: boolean;
  readonly grant: Grant;
}

/**
 * The life of a step: key, then reuse or execution under a lease, then the name under which people find the artifact. Rejects with what went
 * wrong; then nothing of it is left in the store but checkpoints and what the stage has put aside for a person.
 */
export async function runStep(
  step: CheckedStep,
  inputs: readonly BoundInput[],
  scope: RunScope,
  mode: StepMode,
): Promise<StepOutcome> {
  try {
    const plan = await scope.planner.plan(step, inputs, mode.force);
    scope.emit({ type: 'stage-planned', ...plan.planned });
    if (plan.planned.state !== 'hit') await scope.tellExpected();
    scope.run.notes.note(step.id, { leaves: plan.present.leaves });
    tellDamage(plan, scope);
    if (plan.artifact !== undefined && !mode.force) return await reuse(plan, plan.artifact, scope);
    if (mode.mustBeThere) throw notThere(step, plan);
    return await underLease(plan, scope, mode);
  } catch (error) {
    throw asStorageError(error, scope.store.root);
  }
}

/** Whoever comes second finds what the first has made. */
async function underLease(plan: Plan, scope: RunScope, mode: StepMode): Promise<StepOutcome> {
  const { store, signal } = scope;
  const { key, step } = plan;
  const terms = { run: scope.run.id, runFolder: scope.run.folder, step: step.id, signal };
  const since = store.clock.now();
  const lease = await leaseFor(plan, scope, terms);
  if (!('release' in lease)) throw locked(step, lease);
  try {
    const lookup = await findArtifact(store, key);
    // What was made while we waited, or by an equal stage of this run, is new enough also for who wants it anew.
    const isFresh = ({ finished, run }: Action): boolean =>
      Date.parse(finished) >= (run === scope.run.id ? scope.started : since);
    if (lookup.found && (!mode.force || isFresh(lookup.artifact.action))) {
      return await reuse(plan, lookup.artifact, scope);
    }
    return { reused: false, artifact: await make(plan, scope, mode) };
  } finally {
    await lease.release();
  }
}

/** An equal stage of this run is waited for in any case: who wants no waiting means other runs. */
async function leaseFor(plan: Plan, scope: RunScope, terms: LeaseTerms): Promise<Lease | LeaseOwner> {
  if (scope.wait) return waitForLease(plan, scope, terms);
  const lease = await tryLease(scope.store, plan.key, terms);
  return 'release' in lease || lease.run !== scope.run.id ? lease : waitForLease(plan, scope, terms);
}

/** Shows the progress of whoever makes it now. */
async function waitForLease({ key, step }: Plan, scope: RunScope, terms: LeaseTerms): Promise<Lease> {
  const attached = new AbortController();
  const onWait = ({ host, pid, run, since, ...holder }: LeaseOwner): void => {
    // A stage of this very run tells its progress anyway.
    const isOurs = run === scope.run.id;
    const behind = isOurs ? { behind: holder.step } : {};
    scope.emit({ type: 'stage-waiting', stage: step.id, key, holder: { host, pid, run, since }, ...behind });
    if (!isOurs) scope.follow(holder.runFolder, holder.step, step.id, attached.signal);
  };
  try {
    return await acquireLease(scope.store, key, { ...terms, onWait });
  } finally {
    attached.abort();
  }
}

async function make(plan: Plan, scope: RunScope, { force, grant }: StepMode): Promise<Artifact> {
  const { step } = plan;
  const { artifact, said, differs } = await execute(plan, scope, { force, grant });
  await settleQuarantine(scope.store, plan.key);
  if (differs !== null) {
    const text = `an earlier execution with the same key gave other bytes, first in ${differs}: the stage is not deterministic, or its code changed without a build`;
    scope.emit({ type: 'stage-log', stage: step.id, level: 'warn', text });
  }
  await nameArtifact(scope.store, scope.pipeline.name, step.id, artifact.action.object);
  scope.run.notes.note(step.id, { object: artifact.action.object });
  const { amount, peakMemory, rows } = said;
  scope.emit({ type: 'stage-finished', amount, peakMemory, rows, ...resultOf(step, artifact, scope) });
  return artifact;
}

async function reuse({ step }: Plan, artifact: Artifact, scope: RunScope): Promise<StepOutcome> {
  await nameArtifact(scope.store, scope.pipeline.name, step.id, artifact.action.object);
  scope.run.notes.note(step.id, { object: artifact.action.object });
  const { finished, run } = artifact.action;
  const ageMs = Math.max(0, scope.store.clock.now() - Date.parse(finished));
  scope.emit({ type: 'stage-reused', ageMs, run, ...resultOf(step, artifact, scope) });
  return { reused: true, artifact };
}

function tellDamage({ step, damage, forgotten }: Plan, { store, emit }: RunScope): void {
  const warn = (text: string): void => emit({ type: 'stage-log', stage: step.id, level: 'warn', text });
  for (const { expected, found } of forgotten) {
    warn(`${expected} was damaged (${found}); it was moved to ${store.quarantine}, and the files are read again`);
  }
  if (damage === undefined) return;
  warn(`the stored artifact was damaged (${damage}); it was moved to ${store.quarantine} and is made again`);
}

function resultOf(step: CheckedStep, { manifest, action }: Artifact, { store, pipeline }: RunScope): StageResult {
  const { digest, bytes, metrics } = manifest;
  const folder = shownFolder(store, pipeline.name, step.id);
  return { stage: step.id, key: action.key, digest, folder, seconds: action.seconds, bytes, metrics };
}

function locked({ id }: CheckedStep, { host, pid, run, since }: LeaseOwner): UserError {
  return new UserError(
    `Stage "${id}" is being made by run ${run} (process ${pid} on ${host}, since ${since}): wait for it, or run without --no-wait`,
    { code: 'locked', exit: EXIT.locked },
  );
}

function notThere({ id }: CheckedStep, { planned }: Plan): UserError {
  const why = planned.because[0]?.text;
  return new UserError(
    `Stage "${id}" is needed and its result is not there${why === undefined ? '' : ` (${why})`}: run it first, or leave out --only`,
    { code: 'needed-stage-missing' },
  );
}
