import { relative } from 'node:path';
import type { CheckedPipeline } from '../../workflow/configuration/checked-pipeline';
import { resolvedYaml } from '../../workflow/configuration/resolved';
import { redactor } from '../../workflow/configuration/check/secrets';
import type { Effects } from '../../effects';
import { beginRun, type RunFolder } from '../../workflow/history/run-folder';
import { gatherStageRecords } from '../../workflow/history/stage-records';
import type { Logger } from '../../workflow/loggers/logger';
import type { RunEvent } from '../../workflow/run/events';
import type { RunIdentity } from '../../workflow/run/run-scope';
import { openTrackers } from '../../workflow/trackers/open-trackers';
import type { PipelineChoice } from '../shared/open-pipeline';
import { commandLine } from './shell-words';
import { version } from '../shared/version';

/** Records and shows a run: history, trackers, logger. */
export interface RunRecorder {
  readonly identity: RunIdentity;
  take(event: RunEvent): void;
  /** Records the end of the run, and closes everything. */
  finish(end: { readonly outcome: 'done' | 'failed' | 'interrupted'; readonly exit: number }): Promise<void>;
}

export interface RunRecorderOptions extends PipelineChoice {
  /** As typed. */
  readonly typed: readonly string[];
  /** Names of stages that are executed even if their results exist; true: all. */
  readonly force?: true | readonly string[];
}

/** Opens the folder of a new run, its trackers and its logger. `root` is the folder of the artifacts. */
export function openRunRecorder(
  root: string,
  pipeline: CheckedPipeline,
  { engine, logger }: { readonly engine: string; readonly logger: Logger },
  options: RunRecorderOptions,
  effects: Effects,
): RunRecorder {
  const warn = (text: string): void => logger.warn(text);
  const history = beginRun(
    root,
    {
      pipeline,
      resolved: resolvedYaml(pipeline),
      command: ['pipeline', ...options.typed],
      engine,
      versions: { fairdistill: version() },
    },
    { ...effects, redact: redactor(pipeline.secrets), warn },
  );
  const err = { ...effects.err, write: (text: string) => warn(text.replace(/\n$/, '')) };
  const trackers = openTrackers({ pipeline, history, effects: { ...effects, err } });
  const records = gatherStageRecords(pipeline);
  return {
    identity: identityOf(pipeline, history, records.note, options, effects.cwd),
    take: event => {
      records.take(event);
      history.take(event);
      for (const tracker of trackers) tracker.take(event);
      logger.log(event);
    },
    finish: async end => {
      await Promise.all([
        history.finish({ ...end, stages: records.all() }),
        ...trackers.map(tracker => tracker.close()),
      ]);
      logger.close();
    },
  };
}

function identityOf(
  pipeline: CheckedPipeline,
  history: RunFolder,
  noteObject: (stage: string, object: string) => void,
  options: RunRecorderOptions,
  cwd: string,
): RunIdentity {
  const { force = [] } = options;
  const settings = settingsOf(options);
  const file = relative(cwd, pipeline.file);
  return {
    id: history.id,
    folder: history.folder,
    rerun: step => {
      const isForced = force === true || force.some(name => step === name || step.startsWith(`${name}@`));
      // Otherwise the existing result would be reused.
      return commandLine(['pipeline', 'run', file, step, '--only', ...(isForced ? ['--force'] : []), ...settings]);
    },
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

/** Arguments that change the file, as typed. */
function settingsOf({ set = {}, profile = [], engine, artifacts }: PipelineChoice): string[] {
  return [
    ...Object.entries(set).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...profile.flatMap(name => ['--profile', name]),
    ...(engine === undefined ? [] : ['--engine', engine]),
    ...(artifacts === 'artifacts' ? [] : ['--artifacts', artifacts]),
  ];
}
