import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  MANIFEST_FILE,
  asStorageError,
  findArtifact,
  nameArtifact,
  shownFolder,
  type Action,
  type Artifact,
} from '../store';
import { collectionEnds } from '../store/upkeep/collecting';
import { acquireLease, tryLease, type Lease, type LeaseOwner, type LeaseTerms } from '../store/leases/leases';
import { settleQuarantine } from '../store/upkeep/quarantine';
import type { CheckedStep } from '../configuration/checked-pipeline';
import { EXIT, UserError } from '../../errors';
import type { StageResult } from './events';
import { execute } from './execute';
import type { BoundInput, Plan } from '../plan/planner';
import { drawPictures } from './pictures';
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
    const reused =
      plan.artifact === undefined || mode.force ? undefined : await reuse(plan, plan.artifact, scope, mode);
    if (reused !== undefined) return reused;
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
  // No collection takes what is read while it is made.
  const reads = [...plan.inputs.map(({ record }) => record), ...plan.similar].map(({ object }) => object);
  const terms = { run: scope.run.id, runFolder: scope.run.folder, step: step.id, reads, signal };
  const lease = await leaseFor(plan, scope, terms);
  if (!('release' in lease)) throw locked(step, lease);
  try {
    const lookup = await findArtifact(store, key);
    if (lookup.found && (!mode.force || isFresh(lookup.artifact.action, plan, scope))) {
      const reused = await reuse(plan, lookup.artifact, scope, mode);
      if (reused !== undefined) return reused;
    }
    return { reused: false, artifact: await make(plan, scope, mode) };
  } finally {
    await lease.release();
  }
}

/**
 * Even with --force, accept a result finished while we waited for the lease, or by an identical stage of this run: it is as fresh as running again.
 * Its date does not decide: clocks differ between hosts and may jump.
 */
function isFresh(found: Action, { key, artifact }: Plan, { made }: RunScope): boolean {
  if (found.accepted !== null) return false;
  const before = artifact?.action;
  return made.has(key) || found.run !== before?.run || found.finished !== before.finished;
}

/** An identical stage of this run is always waited for: --no-wait is about other runs. */
async function leaseFor(plan: Plan, scope: RunScope, terms: LeaseTerms): Promise<Lease | LeaseOwner> {
  if (scope.wait) return waitForLease(plan, scope, terms);
  const lease = await tryLease(scope.store, plan.key, terms);
  return 'release' in lease || lease.run !== scope.run.id ? lease : waitForLease(plan, scope, terms);
}

/** Shows the progress of whoever makes it now. */
async function waitForLease({ key, step }: Plan, scope: RunScope, terms: LeaseTerms): Promise<Lease> {
  const attached = new AbortController();
  const onWait = ({ host, pid, run, since, ...holder }: LeaseOwner): void => {
    // A stage of this run shows its progress anyway.
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
  const { artifact, output, differs } = await execute(plan, scope, { force, grant });
  scope.made.add(plan.key);
  await settleQuarantine(scope.store, plan.key);
  if (differs !== null) {
    const text = `an earlier execution with the same key gave other bytes, first in ${differs}: the stage is not deterministic, or its code changed without a build`;
    scope.emit({ type: 'stage-log', stage: step.id, level: 'warn', text });
  }
  await nameArtifact(scope.store, scope.pipeline.name, step.id, artifact.action.object);
  scope.run.notes.note(step.id, { object: artifact.action.object });
  await drawPictures(plan, artifact, scope, { grant, reused: false });
  const { amount, peakMemory, rows } = output;
  scope.emit({ type: 'stage-finished', amount, peakMemory, rows, ...resultOf(step, artifact, scope) });
  return artifact;
}

/** Undefined when a collection has taken the result before this run could say that it needs it. */
async function reuse(
  plan: Plan,
  artifact: Artifact,
  scope: RunScope,
  { grant, mustBeThere }: StepMode,
): Promise<StepOutcome | undefined> {
  const { step } = plan;
  await nameArtifact(scope.store, scope.pipeline.name, step.id, artifact.action.object);
  scope.run.notes.note(step.id, { object: artifact.action.object });
  // Afterwards, because a collection looks at these two after it has moved something away.
  const isGone = !isThere(artifact) && (await collectionEnds(scope.store), !isThere(artifact));
  if (isGone) return undefined;
  const { finished, run } = artifact.action;
  const ageMs = Math.max(0, scope.store.clock.now() - Date.parse(finished));
  scope.emit({ type: 'stage-reused', ageMs, run, ...resultOf(step, artifact, scope) });
  // Of what was not asked for, only the result is of interest.
  if (!mustBeThere) await drawPictures(plan, artifact, scope, { grant, reused: true });
  return { reused: true, artifact };
}

function isThere({ folder }: Artifact): boolean {
  return existsSync(join(folder, MANIFEST_FILE));
}

function tellDamage({ step, damage, forgotten, artifact, strangers }: Plan, { store, emit }: RunScope): void {
  const warn = (text: string): void => emit({ type: 'stage-log', stage: step.id, level: 'warn', text });
  for (const { path, expected, found, isUnreadable } of forgotten) {
    warn(
      isUnreadable === true
        ? `${expected} cannot be read (${path}: ${found}): it is another user's, and the files are read again; let all who use the store read it, or remove it`
        : `${expected} was damaged (${found}); it was moved to ${store.quarantine}, and the files are read again`,
    );
  }
  if (strangers.length > 0) {
    const more = strangers.length > 1 ? ` and ${strangers.length - 1} more` : '';
    warn(
      `${join(artifact!.folder, strangers[0]!)}${more} does not belong to the stored artifact and is ignored; pipeline gc would remove it, so move it elsewhere`,
    );
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
    `Stage "${id}" is needed, but it has no result${why === undefined ? '' : ` (${why})`}: run it first, or leave out --only`,
    { code: 'needed-stage-missing' },
  );
}
