import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { STAGES } from '../../stages';
import { openStore } from '../artifacts/store';
import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { ENGINE_NAMES } from '../engines/engine';
import { EXECUTORS } from '../executors';
import { chooseLogger } from '../loggers';
import type { CheckedPipeline } from '../configuration/checked-pipeline';
import { printDiagnostics } from '../configuration/diagnostics';
import { loadPipeline } from '../configuration/load';
import { planSteps } from '../pipeline/plan';
import { runPipeline } from '../pipeline/run';
import { findPipeline } from './find-pipeline';
import { listenForInterrupts } from './interrupts';

export interface RunCommandOptions {
  readonly file: string;
  readonly stages: readonly string[];
  readonly set?: Readonly<Record<string, string>>;
  readonly jobs?: number;
  /** What the pipeline file says, or `auto`, unless given. */
  readonly engine?: string;
  readonly force?: true | readonly string[];
  readonly json?: boolean;
  readonly artifacts: string;
}

const MOST_JOBS = 4;

/** `pipeline run`: from the file to the events on the screen. Returns the exit code. */
export async function runCommand(options: RunCommandOptions, effects: Effects): Promise<number> {
  const { cwd } = effects;
  const file = findPipeline(options.file, cwd);
  const text = await readFile(file, 'utf8');
  const loaded = loadPipeline({
    file,
    text,
    stages: STAGES,
    engines: ['auto', ...ENGINE_NAMES],
    set: options.set ?? {},
    cwd,
    exists: existsSync,
  });
  if (!loaded.ok) {
    effects.err.write(printDiagnostics(loaded.diagnostics, { file: relative(cwd, file), text }));
    return EXIT.configuration;
  }
  // Everything that can be wrong with the command is found before anything is written.
  const artifacts = resolve(cwd, options.artifacts);
  const engine = await resolveEngine(loaded.pipeline, options, join(artifacts, '.store'));
  const store = await openStore(artifacts, effects);
  const cores = availableParallelism();
  const executor = EXECUTORS['child-process']({
    module: require.resolve('../cli'),
    args: ['run-stage'],
    // What was said to this process about memory holds for its children; a debugger's port can be opened only once.
    execArgv: process.execArgv.filter(argument => !argument.startsWith('--inspect')),
    env: effects.env,
  });
  const logger = chooseLogger(effects, { json: options.json === true });
  const interrupts = listenForInterrupts(() => logger.close());
  let exit: number = EXIT.stageFailed;
  try {
    const events = runPipeline(loaded.pipeline, {
      store,
      executor,
      targets: options.stages,
      force: options.force === true ? 'all' : (options.force ?? []),
      jobs: options.jobs ?? Math.min(MOST_JOBS, cores),
      cores,
      engine,
      signal: interrupts.signal,
    });
    await events.forEach(event => {
      logger.log(event);
      if (event.type === 'run-finished') exit = event.exit;
    });
  } finally {
    logger.close();
    interrupts.release();
  }
  return exit;
}

/** Name of the engine; empty for a run whose stages need none. */
async function resolveEngine(
  pipeline: CheckedPipeline,
  { stages, engine }: RunCommandOptions,
  notes: string,
): Promise<string> {
  const training = planSteps(pipeline, stages).filter(step => step.stage.usesEngine === true);
  if (training.length === 0) return '';
  const { findEngine } = await import('../engines');
  // One engine serves them all, so that what is compared was trained alike.
  const precision = training.some(step => step.options['precision'] === 'bf16') ? 'bf16' : 'f32';
  return findEngine(engine ?? pipeline.engine ?? 'auto', notes, precision).name;
}
