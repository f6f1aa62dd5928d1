import { relative } from 'node:path';
import type { Store } from '../artifacts/store';
import type { CheckedPipeline } from '../configuration/checked-pipeline';
import { resolvedYaml } from '../configuration/resolved';
import { redactor } from '../configuration/secrets';
import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { EXECUTORS, type Executor } from '../executors';
import { followStage } from '../history/follow-stage';
import { beginRun, type RunFolder } from '../history/run-folder';
import { gatherStageRecords } from '../history/stage-records';
import { chooseLogger } from '../loggers';
import type { RunFinished } from '../pipeline/events';
import { runPipeline } from '../pipeline/run';
import type { RunIdentity } from '../pipeline/run-scope';
import { selectSteps } from '../pipeline/selection';
import { usualDemand } from './capacity';
import { listenForInterrupts } from './interrupts';
import { openPipeline, type PipelineChoice } from './open-pipeline';
import { planCommand } from './plan';
import { selectionOf, type SelectionOptions } from './selection-options';
import { commandLine } from './shell-words';
import { stageEnvironment } from './stage-environment';
import { version } from './version';
import { openWorkshop } from './workshop';

export interface RunCommandOptions extends PipelineChoice, SelectionOptions {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly keepGoing?: boolean;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly wait?: boolean;
  /** As typed. */
  readonly typed: readonly string[];
}

/** `pipeline run`: from the file to the events on the screen. Returns the exit code. */
export async function runCommand(options: RunCommandOptions, effects: Effects): Promise<number> {
  if (options.dryRun === true) return planCommand(options, effects);
  const pipeline = await openPipeline(options, effects);
  const selection = selectionOf(options);
  const { steps } = selectSteps(pipeline, selection);
  const workshop = await openWorkshop(pipeline, steps, options, effects);
  const { store, engine, capacity } = workshop;
  const history = openHistory(pipeline, options, { engine, store }, effects);
  const records = gatherStageRecords(pipeline);
  const logger = chooseLogger(effects, { json: options.json === true });
  const interrupts = listenForInterrupts(() => logger.close());
  const trackers = await openTrackers(pipeline, history, effects);
  let end: Pick<RunFinished, 'outcome' | 'exit'> = { outcome: 'failed', exit: EXIT.stageFailed };
  try {
    const run = runPipeline(pipeline, {
      ...workshop,
      executor: stageProcesses(effects),
      selection,
      force: options.force === true ? 'all' : (options.force ?? []),
      demandOf: step => usualDemand(step, engine, capacity),
      run: identityOf(pipeline, history, records.note, options, effects.cwd),
      keepGoing: options.keepGoing === true,
      wait: options.wait !== false,
      follow: (folder, theirs, ours, signal) =>
        void followStage(
          folder,
          theirs,
          ours,
          event => logger.log({ time: new Date(effects.now()).toISOString(), ...event }),
          signal,
        ),
      signal: interrupts.signal,
    });
    await run.forEach(event => {
      if (event.type === 'run-finished') end = event;
      records.take(event);
      history.take(event);
      for (const tracker of trackers) tracker.take(event);
      logger.log(event);
    });
  } finally {
    logger.close();
    await history.finish({ ...end, stages: records.all() });
    await Promise.all(trackers.map(tracker => tracker.close()));
    interrupts.release();
  }
  return end.exit;
}

function openHistory(
  pipeline: CheckedPipeline,
  { typed }: RunCommandOptions,
  { engine, store }: { readonly engine: string; readonly store: Store },
  effects: Effects,
): RunFolder {
  const about = {
    pipeline,
    resolved: resolvedYaml(pipeline),
    command: ['pipeline', ...typed],
    engine,
    versions: { fairdistill: version() },
  };
  return beginRun(store.root, about, {
    ...effects,
    redact: redactor(pipeline.secrets),
    warn: text => effects.err.write(`${text}\n`),
  });
}

/** Each stage in a process of its own. */
function stageProcesses({ env }: Effects): Executor {
  return EXECUTORS['child-process']({
    module: require.resolve('../cli'),
    args: ['run-stage'],
    // What was said to this process about memory holds for its children; a debugger's port can be opened only once.
    execArgv: process.execArgv.filter(argument => !argument.startsWith('--inspect')),
    env: stageEnvironment(env),
  });
}

function identityOf(
  pipeline: CheckedPipeline,
  history: RunFolder,
  noteObject: (stage: string, object: string) => void,
  options: RunCommandOptions,
  cwd: string,
): RunIdentity {
  const { set = {}, profile = [], engine, artifacts } = options;
  const settings = [
    ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...profile.flatMap(name => ['--profile', name]),
    ...(engine === undefined ? [] : ['--engine', engine]),
    ...(artifacts === 'artifacts' ? [] : ['--artifacts', artifacts]),
  ];
  const file = relative(cwd, pipeline.file);
  return {
    id: history.id,
    folder: history.folder,
    rerun: step => commandLine(['pipeline', 'run', file, step, '--only', ...settings]),
    notes: {
      note: (stage, facts) => {
        history.note(stage, facts);
        if (facts.object !== undefined) noteObject(stage, facts.object);
      },
      output: history.output,
      logFile: history.logFile,
    },
  };
}

async function openTrackers(pipeline: CheckedPipeline, history: RunFolder, effects: Effects) {
  const { openTrackers: open } = await import('../trackers');
  return open({ pipeline, history, effects });
}
