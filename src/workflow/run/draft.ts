import { availableParallelism, cpus } from 'node:os';
import type { ExternalRecord, Production } from '../store';
import type { Draft } from '../store/objects/workspace';
import type { Plan } from '../plan/planner';
import type { RunScope } from './run-scope';
import type { StageOutput } from './stage-record';

/** What is known of a finished attempt when it is committed. `started`: milliseconds since 1970. */
export function draftOf(plan: Plan, output: StageOutput, started: number, scope: RunScope): Draft {
  return { ...production(plan, output, started, scope), ...contents(plan, output) };
}

function contents({ step, present }: Plan, { looks, headline, metrics }: StageOutput) {
  const { name, version, summary, outputs } = step.stage;
  const types = Object.fromEntries(Object.entries(outputs).map(([port, output]) => [port, output.type]));
  return {
    stage: { name, version, summary },
    outputs: types,
    looks,
    headline,
    metrics,
    leaves: present.leaves,
    accepted: null,
  };
}

function production(
  { step, inputs, named, prints }: Plan,
  { peakMemory, rows }: StageOutput,
  started: number,
  { store, pipeline, run, engine }: RunScope,
): Omit<Production, 'key'> {
  const finished = store.clock.now();
  return {
    pipeline: pipeline.name,
    step: step.id,
    run: run.id,
    options: step.options,
    inputs: inputs.map(input => input.record),
    externals: externalRecords(named, prints),
    engine: step.stage.usesEngine === true ? engine : null,
    started: new Date(started).toISOString(),
    finished: new Date(finished).toISOString(),
    seconds: Math.round(finished - started) / 1000,
    peakMemory,
    host: describeHost(),
    rows,
  };
}

function externalRecords(named: Plan['named'], prints: Plan['prints']): ExternalRecord[] {
  const digests = new Map(prints.map(print => [print.path, print.digest]));
  return named.flatMap(({ option, path, companions }) =>
    [path, ...companions.map(companion => companion.path)].map(each => ({
      option,
      path: each,
      digest: digests.get(each) ?? '',
    })),
  );
}

function describeHost(): Production['host'] {
  const cpu = cpus()[0]?.model.trim() ?? 'unknown';
  return { platform: `${process.platform} ${process.arch}`, cpu, cores: availableParallelism(), node: process.version };
}
