import { availableParallelism, cpus } from 'node:os';
import { asStorageError } from '../artifacts/storage-error';
import type { ExternalRecord, InputRecord, Manifest } from '../artifacts/manifest';
import { findArtifact, type Artifact, type Store } from '../artifacts/store';
import { beginArtifact, commitArtifact, failArtifact, type Workspace } from '../artifacts/workspace';
import { nameArtifact, namedPath } from '../artifacts/names';
import { UserError } from '../errors';
import type { Executor } from '../executors';
import type { StageInput } from '../stage';
import type { CheckedStep } from '../configuration/checked-pipeline';
import type { RunEventBody, StageResult } from './events';
import { assertUnchanged, fingerprint, type Fingerprint } from '../inputs/fingerprint';
import { recordStage, type Said } from './stage-record';
import { pathOptions, stepKey } from './step-key';

/** What all steps of a run share. */
export interface RunScope {
  readonly pipeline: string;
  readonly store: Store;
  readonly executor: Executor;
  readonly engine: string;
  readonly cores: number;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
  /** The end of the latest work on an artifact, by key. */
  readonly underWay: Map<string, Promise<unknown>>;
}

export interface StepOutcome {
  readonly reused: boolean;
  readonly artifact: Artifact;
}

/** An input port of a step, connected to a finished artifact. */
export interface BoundInput {
  readonly record: InputRecord;
  readonly input: StageInput;
}

/**
 * The life of a step: key, then reuse or execution, then the name under which people find the artifact. Rejects with what went
 * wrong; then nothing of it is left in the store but what the stage has put aside for a person.
 */
export async function runStep(
  step: CheckedStep,
  inputs: readonly BoundInput[],
  scope: RunScope,
  { force }: { readonly force: boolean },
): Promise<StepOutcome> {
  try {
    const prints = await fingerprintExternals(step, scope);
    const records = inputs.map(input => input.record);
    const externals = new Map(prints.map(print => [print.path, print.digest]));
    const key = stepKey({ step, inputs: records, externals, engine: scope.engine });
    return await exclusively(scope.underWay, key, async () => {
      const reused = force ? undefined : await reuse(step, key, scope);
      const artifact = reused ?? (await execute({ step, inputs, prints, key, force }, scope));
      return { reused: reused !== undefined, artifact };
    });
  } catch (error) {
    throw asStorageError(error, scope.store.root);
  }
}

async function fingerprintExternals(step: CheckedStep, { store, cores }: RunScope): Promise<Fingerprint[]> {
  const prints: Fingerprint[] = [];
  for (const path of new Set([...pathOptions(step).values()].flat())) {
    const { fingerprints: cacheFolder, clock } = store;
    prints.push(await fingerprint(path, { cacheFolder, concurrency: 2 * cores, clock }));
  }
  return prints;
}

/** Steps that need the same artifact take turns: the second finds what the first has made. */
async function exclusively<T>(turns: RunScope['underWay'], key: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(key) ?? Promise.resolve()).then(work);
  const over = mine.catch(() => undefined);
  turns.set(key, over);
  return mine;
}

/** The outcome where the artifact is there already. */
async function reuse(step: CheckedStep, key: string, scope: RunScope): Promise<Artifact | undefined> {
  const lookup = await findArtifact(scope.store, key);
  if (!lookup.found) {
    if (lookup.damage !== undefined) {
      const text = `the stored artifact was damaged (${lookup.damage}); it was moved to ${scope.store.quarantine} and is made again`;
      scope.emit({ type: 'stage-log', stage: step.id, level: 'warn', text });
    }
    return undefined;
  }
  await nameArtifact(scope.store, scope.pipeline, step.id, key);
  const ageMs = Math.max(0, scope.store.clock.now() - Date.parse(lookup.artifact.manifest.finished));
  scope.emit({ type: 'stage-reused', ageMs, ...resultOf(step, lookup.artifact, scope) });
  return lookup.artifact;
}

interface Execution {
  readonly step: CheckedStep;
  readonly inputs: readonly BoundInput[];
  readonly prints: readonly Fingerprint[];
  readonly key: string;
  readonly force: boolean;
}

/** The outcome where the stage has to run. */
async function execute(execution: Execution, scope: RunScope): Promise<Artifact> {
  const { step, key, prints, force } = execution;
  const started = scope.store.clock.now();
  scope.emit({ type: 'stage-started', stage: step.id, uses: step.stage.name, key });
  const workspace = await beginArtifact(scope.store, key, Object.keys(step.stage.outputs));
  try {
    const said = await work(execution, workspace, scope);
    prints.forEach(assertUnchanged);
    const artifact = await commitArtifact(scope.store, workspace, draft(execution, said, started, scope), {
      replace: force,
    });
    await nameArtifact(scope.store, scope.pipeline, step.id, key);
    const { amount, peakMemory } = said;
    scope.emit({ type: 'stage-finished', amount, peakMemory, ...resultOf(step, artifact, scope) });
    return artifact;
  } catch (error) {
    throw tellKept(error, await failArtifact(scope.store, workspace));
  }
}

function tellKept(error: unknown, kept: string | undefined): unknown {
  if (kept === undefined || !(error instanceof UserError)) return error;
  const { message, code, exit } = error;
  return new UserError(`${message}; kept in ${kept}`, { code, exit, cause: error });
}

async function work({ step, inputs }: Execution, { folder }: Workspace, scope: RunScope): Promise<Said> {
  const record = recordStage(folder, () => scope.store.clock.now());
  const request = {
    stage: step.stage,
    options: step.options,
    inputs: byPort(inputs),
    folder,
    cores: scope.cores,
    engine: step.stage.usesEngine === true ? scope.engine : '',
  };
  try {
    await scope.executor.run(request, scope.signal).forEach(event => {
      record.take(event);
      if (event.type === 'progress') scope.emit({ ...event, type: 'stage-progress', stage: step.id });
      if (event.type === 'log') scope.emit({ ...event, type: 'stage-log', stage: step.id });
    });
    return await record.finish();
  } finally {
    record.close();
  }
}

function byPort(inputs: readonly BoundInput[]): Record<string, StageInput[]> {
  const ports: Record<string, StageInput[]> = {};
  for (const { record, input } of inputs) (ports[record.port] ??= []).push(input);
  return ports;
}

function draft(
  { step, inputs, prints }: Execution,
  said: Said,
  started: number,
  scope: RunScope,
): Parameters<typeof commitArtifact>[2] {
  const { name, version, summary, outputs, usesEngine } = step.stage;
  const finished = scope.store.clock.now();
  const types = Object.entries(outputs).map(([port, output]) => [port, output.type]);
  return {
    pipeline: scope.pipeline,
    step: step.id,
    stage: { name, version, summary },
    options: step.options,
    inputs: inputs.map(input => input.record),
    externals: externalRecords(step, prints),
    engine: usesEngine === true ? scope.engine : null,
    outputs: Object.fromEntries(types) as Record<string, string>,
    started: new Date(started).toISOString(),
    finished: new Date(finished).toISOString(),
    seconds: Math.round(finished - started) / 1000,
    peakMemory: said.peakMemory,
    host: describeHost(),
    looks: said.looks,
    headline: said.headline,
    metrics: said.metrics,
  };
}

function externalRecords(step: CheckedStep, prints: readonly Fingerprint[]): ExternalRecord[] {
  const digests = new Map(prints.map(print => [print.path, print.digest]));
  return [...pathOptions(step)].flatMap(([option, paths]) =>
    paths.map(path => ({ option, path, digest: digests.get(path) ?? '' })),
  );
}

function describeHost(): Manifest['host'] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  return { platform: `${process.platform} ${process.arch}`, cpu, cores: availableParallelism(), node: process.version };
}

function resultOf(step: CheckedStep, { manifest }: Artifact, { store, pipeline }: RunScope): StageResult {
  const { key, digest, seconds, bytes, metrics } = manifest;
  return { stage: step.id, key, digest, folder: namedPath(store, pipeline, step.id), seconds, bytes, metrics };
}
