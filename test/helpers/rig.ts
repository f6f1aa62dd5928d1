import { mkdtemp, readFile, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../src/workflow/store/store';
import type { Manifest } from '../../src/workflow/store/objects/manifest';
import { EXECUTORS } from '../../src/workflow/executors';
import type { Executor, ExecutorOptions } from '../../src/workflow/executors/executor';
import type { CheckedPipeline } from '../../src/workflow/configuration/checked-pipeline';
import type { RunEvent, RunFinished } from '../../src/workflow/run/events';
import type { ProgramOf } from '../../src/workflow/keys/program';
import { runPipeline, type RunOptions } from '../../src/workflow/run/run';
import { NO_NOTES } from '../../src/workflow/run/run-scope';
import { EVERYTHING, selectSteps, type Selected, type Selection } from '../../src/workflow/plan/selection';
import type { AnyStage, Json } from '../../src/stage';

/** A step of a toy pipeline in short: `{uses: 'say', from: ['a'], with: {word: 'x'}}`. */
export interface ToyStep {
  readonly uses: string;
  readonly from?: readonly string[];
  readonly with?: Readonly<Record<string, Json>>;
}

/** A checked pipeline of toy stages; steps are given in an order in which they can run. */
export function toyPipeline(
  steps: Readonly<Record<string, ToyStep>>,
  stages: Readonly<Record<string, AnyStage>>,
): CheckedPipeline {
  return {
    name: 'toy',
    file: '/toy.yaml',
    steps: Object.entries(steps).map(([id, step], index) => ({
      id,
      stage: stages[step.uses]!,
      options: step.with ?? {},
      inputs: { texts: (step.from ?? []).map(from => ({ step: from, port: 'text' })) },
      resources: {},
      retry: { times: 0, delay: 0 },
      limits: {},
      env: {},
      place: { file: '/toy.yaml', line: index + 1, column: 1, text: id },
      placesOf: () => [],
    })),
    sources: [{ path: '/toy.yaml', text: '' }],
    profiles: [],
    params: {},
    secrets: {},
  };
}

/** Runs toy stages in processes of their own. */
export function toyChildren(graceMs?: number, execArgv: readonly string[] = [], memory?: number): Executor {
  return EXECUTORS.members['child-process'].open({
    ...toyExecutorOptions(execArgv),
    ...(graceMs === undefined ? {} : { graceMs }),
    ...(memory === undefined ? {} : { memory }),
  });
}

/** What any executor needs to run toy stages. */
export function toyExecutorOptions(execArgv: readonly string[] = []): ExecutorOptions {
  return {
    module: join(__dirname, 'toy-child.ts'),
    args: [],
    execArgv: ['-r', join(__dirname, 'register-typescript.js'), ...execArgv],
    env: process.env,
  };
}

export async function temporaryFolder(): Promise<string> {
  return realpath(await mkdtemp(join(tmpdir(), 'fairdistill-')));
}

export const CLOCK = { now: () => Date.now(), randomName: () => Math.random().toString(16).slice(2, 10) };

/** Options of a run in short. */
export interface ToyRunOptions extends Partial<RunOptions & Pick<Selection, 'targets' | 'only' | 'force'>> {
  readonly jobs?: number;
  readonly cores?: number;
}

/** Toy stages have no modules; the engine is a leaf of those that use it. `drawnBy`: digest of what draws pictures. */
export function toyProgram(engine: string, drawnBy = 'sha256:1'): ProgramOf {
  return ({ stage }) => {
    const runtime: Record<string, Json> = stage.usesEngine === true ? { 'runtime.engine': engine } : {};
    return { modules: {}, runtime, ...(stage.pictures !== undefined && { pictures: { digest: drawnBy } }) };
  };
}

/** What a run of toys takes that says nothing else. */
export function toyRunOptions(store: Store, { jobs = 1, cores = 2, ...options }: ToyRunOptions = {}): RunOptions {
  const { engine = 'wasm' } = options;
  return {
    store,
    executor: EXECUTORS.members['in-process'].open(toyExecutorOptions()),
    capacity: { jobs, cores, memory: 2 ** 30, gpus: [] },
    demandOf: () => ({}),
    engine,
    program: toyProgram(engine),
    run: {
      id: '20260101-000000-toy-run',
      folder: '/nowhere',
      rerun: step => `pipeline run toy ${step}`,
      notes: NO_NOTES,
    },
    keepGoing: false,
    wait: true,
    follow: () => undefined,
    signal: new AbortController().signal,
    ...options,
  };
}

export function everyStep(pipeline: CheckedPipeline): Selected {
  return selectSteps(pipeline, EVERYTHING);
}

/** Runs a pipeline to its end and returns its events. */
export async function runToEnd(
  pipeline: CheckedPipeline,
  artifacts: string,
  options: ToyRunOptions = {},
): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const whole = toyRunOptions(options.store ?? (await openStore(artifacts, CLOCK)), options);
  const { targets = [], only = [], force = [] } = options;
  const selected = selectSteps(pipeline, { ...EVERYTHING, targets, only, force });
  await runPipeline(pipeline, selected, whole).forEach(event => void events.push(event));
  return events;
}

/** Ids of the stages that an event of the type speaks of, in order. */
export function stagesOf(events: readonly RunEvent[], type: RunEvent['type']): string[] {
  return events.flatMap(event => (event.type === type && 'stage' in event ? [event.stage] : []));
}

export function lastOf(events: readonly RunEvent[]): RunFinished {
  const last = events.at(-1);
  if (last?.type !== 'run-finished') throw new Error(`The run ended with ${String(last?.type)}`);
  return last;
}

/** Reads the text that a step of a toy pipeline has made. */
export function textOf(artifacts: string, step: string): Promise<string> {
  return readFile(join(artifacts, 'toy', step, 'text', 'text.txt'), 'utf8');
}

export async function manifestOf(artifacts: string, step: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(artifacts, 'toy', step, 'manifest.json'), 'utf8')) as Manifest;
}
