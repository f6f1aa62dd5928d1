import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom, tap, toArray } from 'rxjs';
import type { Checkpoints, Json, Stage, StageEvent, StageInput } from '../../src/stage';
import { settledOptions } from '../../src/workflow/keys/settled-options';
import { noEarlier } from './no-earlier';
import { startStage } from './start-stage';

export interface StageRun {
  readonly folder: string;
  readonly events: readonly StageEvent[];
  /** All `metrics` events, merged. */
  readonly metrics: Readonly<Record<string, Json>>;
  /** Files of the `look` events. */
  readonly looks: readonly string[];
}

export interface RunOptions {
  readonly cores?: number;
  readonly signal?: AbortSignal;
  /** Folders of artifacts to take rows from. */
  readonly earlier?: readonly string[];
  readonly checkpoints?: Partial<Checkpoints>;
  /** What it throws, the run fails with. */
  readonly onEvent?: (event: StageEvent) => void;
}

/** Runs one stage by itself in a new temporary folder, without the engine: options are not checked, defaults not filled in, but what the stage chooses is. */
export async function runStage<Options>(
  stage: Stage<Options>,
  options: Options,
  inputs: Readonly<Record<string, string>>,
  {
    cores = 1,
    signal = new AbortController().signal,
    earlier = [],
    checkpoints = {},
    onEvent = () => undefined,
  }: RunOptions = {},
): Promise<StageRun> {
  const folder = await mkdtemp(join(tmpdir(), `fairdistill-${stage.name}-`));
  for (const port of Object.keys(stage.outputs)) await mkdir(join(folder, port));
  const connected = Object.keys(stage.inputs).map((port): [string, StageInput[]] => {
    const input = inputs[port];
    return [port, input === undefined ? [] : [{ stage: port, folder: input, digest: `sha256:of-${port}` }]];
  });
  const artifacts = Object.fromEntries(connected);
  const run = startStage(stage, {
    options: (await settledOptions(stage, options as Readonly<Record<string, Json>>, artifacts)) as Options,
    inputs: artifacts,
    folder,
    output: port => join(folder, port),
    cores,
    engine: 'cpu',
    earlier: earlier.map(artifact => ({ folder: artifact, output: port => join(artifact, port) })),
    checkpoints: { ...noEarlier(folder).checkpoints, ...checkpoints },
    signal,
  });
  const events = await lastValueFrom(run.pipe(tap(onEvent), toArray()), { defaultValue: [] });
  const metrics = Object.assign({}, ...events.map(e => (e.type === 'metrics' ? e.values : {}))) as Record<string, Json>;
  return { folder, events, metrics, looks: events.flatMap(event => (event.type === 'look' ? [event.file] : [])) };
}
