import { mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { picturesIn, type KeyLeaves } from '../store';
import { giveSigns } from '../store/leases/signs-of-life';
import type { Effects } from '../../effects';
import type { RunEvent } from '../run/events';
import { openEventFile } from './event-file';
import { explainPlan } from './explain-plan';
import { readGitState, type GitState } from './git-state';
import { makeRunFolder } from './make-run-folder';
import { quietFolder } from './best-effort-folder';
import { redactJson } from './redact-json';
import { renderReport } from './report';
import { prettyJson, recordOf, RUN_FILE, writeBeginning, writeGit, writeRecord, type RunAbout } from './run-files';
import type { RunRecord } from './run-record';
import { openStageLogs } from './stage-logs';
import { emptyTimeline, addEvent } from './run-timeline';

export interface RunEffects extends Pick<Effects, 'now' | 'randomName' | 'every' | 'env'> {
  /** Takes secrets out of a text. Everything that is written goes through it. */
  redact(text: string): string;
  /** Called once, when the history cannot be written. */
  warn(text: string): void;
}

/** The folder of a run under way. No method throws or rejects: a run does not fail because its history cannot be written. */
export interface RunFolder {
  readonly id: string;
  /** Absolute. It is missing when it could not be made. */
  readonly folder: string;
  /** The git state of the folder of the pipeline file; read in the background. */
  readonly git: Promise<GitState | null>;
  /** Records an event: at once if others wait for it, otherwise within 200 ms. */
  take(event: RunEvent): void;
  /** Absolute path of the folder of a stage; made if missing. */
  stageFolder(stage: string): string;
  /** Records the leaves of a stage's key, and links `out` in its folder to its object, given by its name under `objects/`. */
  note(stage: string, facts: { readonly leaves?: KeyLeaves; readonly object?: string }): void;
  /** Appends text that a library printed, which is not an event, to the log of a stage. */
  readonly output: (stage: string, text: string) => void;
  /** Absolute path of the log of a stage, after a flush; null when nothing was logged. */
  readonly logFile: (stage: string) => string | null;
  finish(end: RunEnd): Promise<void>;
}

export type RunEnd = Pick<RunRecord, 'outcome' | 'exit' | 'stages'>;

const FLUSH_EVERY_MS = 200;
/** Milliseconds that a run waits for git at its end: for a run that took seconds, and for one that only reused results. */
const GIT_GRACE_MS = { executed: 1500, cached: 200 };

/** Makes `<root>/runs/<id>/` and writes down all that is known before the run starts. `root` is the folder of the artifacts. */
export function beginRun(root: string, about: RunAbout, effects: RunEffects): RunFolder {
  const redact = (text: string): string => effects.redact(text);
  const { id, path } = makeRunFolder(root, effects);
  const folder = quietFolder(path, text => effects.warn(text));
  const stopGit = new AbortController();
  // Started first, so that git works while the rest is written.
  const git = readGitState(dirname(about.pipeline.file), { env: effects.env, signal: stopGit.signal });
  const record = recordOf(id, about, effects.now());
  writeRecord(folder, record, redact);
  writeBeginning(folder, about, redact);

  const events = openEventFile(folder);
  const logs = openStageLogs(folder);
  const endFlushes = effects.every(FLUSH_EVERY_MS, () => {
    events.flush();
    logs.flush();
  });
  // Shows readers in other containers and on other machines that the run is alive.
  const endSigns = giveSigns(
    { now: () => effects.now(), every: (ms, callback) => effects.every(ms, callback) },
    join(path, RUN_FILE),
  );
  const timeline = emptyTimeline();

  return {
    id,
    folder: path,
    git,
    take: unredacted => {
      const event = redactJson(unredacted, redact);
      addEvent(timeline, event);
      events.add(event);
      if (event.type === 'stage-log') logs.append(event.stage, `${event.time} ${event.level} ${event.text}`);
      if (event.type === 'stage-planned') folder.write(join(stagePath(event.stage), 'explain.txt'), explainPlan(event));
    },
    stageFolder: stage => {
      const made = join(path, stagePath(stage));
      folder.attempt(() => mkdirSync(made, { recursive: true }));
      return made;
    },
    note: (stage, { leaves, object }) => {
      if (leaves !== undefined)
        folder.write(join(stagePath(stage), 'key.json'), prettyJson(redactJson(leaves, redact)));
      if (object === undefined) return;
      // Relative, so that the whole folder of artifacts can be moved.
      const target = relative(join(path, stagePath(stage)), join(root, '.store', 'objects', object));
      folder.link(join(stagePath(stage), 'out'), target);
    },
    output: (stage, text) => logs.append(stage, redact(text)),
    logFile: stage => logs.fileOf(stage),
    finish: async end => {
      endFlushes();
      endSigns();
      const hasExecuted = end.stages.some(({ status }) => status === 'executed' || status === 'failed');
      const state = await inTime(git, stopGit, GIT_GRACE_MS[hasExecuted ? 'executed' : 'cached']);
      writeGit(folder, state, redact);
      logs.flush();
      events.close();
      const finished = new Date(effects.now()).toISOString();
      const finishedRecord: RunRecord = { ...record, ...end, finished, git: gitOfRecord(state) };
      folder.attempt(() => {
        folder.write('report.html', renderReport(redactJson(finishedRecord, redact), timeline, path, picturesIn));
      });
      // Last, so that a run recorded as finished has all of its history.
      writeRecord(folder, finishedRecord, redact);
    },
  };
}

function stagePath(stage: string): string {
  return join('stages', stage);
}

function gitOfRecord(state: GitState | null): RunRecord['git'] {
  return state === null ? null : { commit: state.commit, branch: state.branch, dirty: state.dirty };
}

/** The git state as far as it is known now. Ends the processes of git, which would keep ours alive. */
async function inTime(
  git: Promise<GitState | null>,
  stop: AbortController,
  milliseconds: number,
): Promise<GitState | null> {
  const timer = setTimeout(() => stop.abort(), milliseconds);
  try {
    return await git;
  } finally {
    clearTimeout(timer);
  }
}
