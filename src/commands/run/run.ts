import type { Effects } from '../../effects';
import { EXIT, UserError } from '../../errors';
import { chooseExecutor } from '../../workflow/executors/choose-executor';
import type { Executor } from '../../workflow/executors/executor';
import { followStage } from '../../workflow/history/follow-stage';
import type { LoggerName } from '../../workflow/loggers';
import { chooseLogger } from '../../workflow/loggers/choose-logger';
import { timed, type RunFinished } from '../../workflow/run/events';
import { runPipeline } from '../../workflow/run/run';
import { selectSteps } from '../../workflow/plan/selection';
import { memoryForRun, usualDemand } from '../shared/capacity';
import { listenForInterrupts } from './interrupts';
import { openPipeline } from '../shared/open-pipeline';
import { planCommand } from '../plan/plan';
import { openRunRecorder, type RunRecorderOptions } from './run-recorder';
import { selectionOf, type SelectionOptions } from '../shared/selection-options';
import { stageEnvironment } from './stage-environment';
import { openSite } from '../shared/site';

export interface RunCommandOptions extends RunRecorderOptions, SelectionOptions {
  readonly file: string;
  readonly dryRun?: boolean;
  readonly keepGoing?: boolean;
  readonly jobs?: number;
  readonly json?: boolean;
  readonly log?: LoggerName;
  readonly wait?: boolean;
}

/** `pipeline run`: from the file to the events on the screen. Returns the exit code. */
export async function runCommand(options: RunCommandOptions, effects: Effects): Promise<number> {
  if (options.dryRun === true) return planCommand(options, effects);
  const pipeline = await openPipeline(options, effects);
  const selected = selectSteps(pipeline, selectionOf(options));
  const site = await openSite(pipeline, selected.steps, options, effects);
  const { store, engine, occupies, capacity } = site;
  const logger = chooseLogger(effects, options.json === true ? 'json-lines' : options.log);
  const recorder = openRunRecorder(store.root, pipeline, { engine, logger }, options, effects);
  const interrupts = listenForInterrupts(() => {
    logger.close();
    effects.err.write('ended at once; finished stages are kept; run the same command again to resume\n');
  }, effects.terminal);
  let end: Pick<RunFinished, 'outcome' | 'exit'> = { outcome: 'failed', exit: EXIT.stageFailed };
  try {
    const run = runPipeline(pipeline, selected, {
      ...site,
      executor: executorOf(effects, memoryForRun(capacity)),
      demandOf: step => usualDemand(step, occupies, capacity),
      run: recorder.identity,
      keepGoing: options.keepGoing === true,
      wait: options.wait !== false,
      follow: (folder, theirs, ours, signal) => {
        const time = (): string => new Date(effects.now()).toISOString();
        void followStage(folder, theirs, ours, event => logger.log(timed(event, time())), signal);
      },
      signal: interrupts.signal,
    });
    await run.forEach(event => {
      if (event.type === 'run-finished') end = event;
      recorder.take(event);
    });
  } catch (error) {
    if (error instanceof UserError) end = { outcome: 'failed', exit: error.exit };
    throw error;
  } finally {
    await recorder.finish(end);
    interrupts.release();
  }
  return end.exit;
}

/** What runs the stages: this program, as often as it is needed. */
function executorOf({ env, terminal }: Effects, memory: number): Executor {
  return chooseExecutor({
    module: require.resolve('../../cli'),
    args: ['run-stage'],
    // Memory flags of this process hold for its children too; a debugger's port can be opened only once.
    execArgv: process.execArgv.filter(argument => !argument.startsWith('--inspect')),
    env: stageEnvironment(env),
    ownSession: terminal.isIndependent,
    memory,
  });
}
