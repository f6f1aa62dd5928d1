import { processEffects, type Effects } from '../../src/effects';
import { openStore, type StoreClock } from '../../src/workflow/store/store';
import { listenForInterrupts } from '../../src/commands/run/interrupts';
import { openRunRecorder } from '../../src/commands/run/run-recorder';
import type { Console } from '../../src/console';
import { EXIT } from '../../src/errors';
import { LOGGERS } from '../../src/workflow/loggers';
import type { RunEvent, RunFinished } from '../../src/workflow/run/events';
import { runPipeline } from '../../src/workflow/run/run';
import { CLOCK, everyStep, toyPipeline, toyRunOptions } from '../helpers/rig';
import { FAULT_STAGES, FAULT_STEPS } from './stages';

/** What a run tells, gathered while it goes on. */
export interface RecordedRun {
  readonly events: RunEvent[];
  /** What would stand on the error output. */
  readonly warnings: string[];
}

/** No program is found, so that git costs nothing and no other name can be in the way. */
const EFFECTS: Effects = { ...processEffects(), env: { PATH: '/nowhere' }, cwd: '/' };

/** Runs the small pipeline as `pipeline run` does: with its history, and files for TensorBoard. */
export async function recordedRun(
  root: string,
  input: string,
  {
    jobs = 1,
    word = 'd',
    clock = CLOCK,
    told = { events: [], warnings: [] },
    console,
  }: {
    readonly jobs?: number;
    readonly word?: string;
    readonly clock?: StoreClock;
    readonly told?: RecordedRun;
    /** Where the run is drawn; nowhere unless told. */
    readonly console?: Console;
  } = {},
): Promise<RecordedRun> {
  const pipeline = toyPipeline(FAULT_STEPS(input, word), FAULT_STAGES);
  const nothing = (): void => undefined;
  const silent = { log: nothing, warn: (text: string) => void told.warnings.push(text), close: nothing };
  const logger = console === undefined ? silent : LOGGERS.members.terminal.open({ ...EFFECTS, ...console });
  const interrupts = listenForInterrupts(nothing, console?.terminal ?? EFFECTS.terminal);
  const store = await openStore(root, clock);
  const typed = { artifacts: root, typed: ['run', 'toy'] };
  const recorder = openRunRecorder(store.root, pipeline, { engine: '', logger }, typed, EFFECTS);
  const options = { jobs, run: recorder.identity, signal: interrupts.signal };
  let end: Pick<RunFinished, 'outcome' | 'exit'> = { outcome: 'failed', exit: EXIT.stageFailed };
  try {
    await runPipeline(pipeline, everyStep(pipeline), toyRunOptions(store, options)).forEach(event => {
      if (event.type === 'run-finished') end = event;
      recorder.take(event);
      told.events.push(event);
    });
  } finally {
    await recorder.finish(end);
    interrupts.release();
  }
  return told;
}
