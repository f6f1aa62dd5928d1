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
  /** Is told once when the history cannot be written. */
  warn(text: string): void;
}

/** The folder of a run under way. No method throws or rejects: a run does not fail because its history cannot be written. */
export interface RunFolder {
  readonly id: string;
  /** Absolute. It is missing when it could not be made. */
  readonly folder: string;
  /** What git says about the folder of the pipeline file; asked in the background. */
  readonly git: Promise<GitState | null>;
  /** Keeps an event: what others wait for at once, the rest within 200 ms. */
  take(event: RunEvent): void;
  /** Absolute path of the folder of a stage; made if missing. */
  stageFolder(stage: string): string;
  /** Keeps what the key of a stage was made of, and lets `out` in its folder lead to its object, given by its name under `objects/`. */
  note(stage: string, facts: { readonly leaves?: KeyLeaves; readonly object?: string }): void;
  /** Appends to the log of a stage what is no event: text that a library printed. */
  readonly output: (stage: string, text: string) => void;
  /** Absolute path of the log of a stage, written out; null when nothing was logged. */
  readonly logFile: (stage: string) => string | null;
  finish(end: RunEnd): Promise<void>;
}

export type RunEnd = Pick<RunRecord, 'outcome' | 'exit' | 'stages'>;

const FLUSH_EVERY_MS = 200;
/** For how long a run waits at its end for git: one that took seconds itself, and one that found everything done. */
const GIT_GRACE_MS = { executed: 1500, cached: 200 };

/** Makes `<root>/runs/<id>/` and writes down all that is known before the run starts. `root` is the folder of the artifacts. */
export function beginRun(root: string, about: RunAbout, effects: RunEffects): RunFolder {
  const redact = (text: string): string => effects.redact(text);
  const { id, path } = makeRunFolder(root, effects);
  const folder = quietFolder(path, text => effects.warn(text));
  const stopGit = new AbortController();
  // Asked first, so that git works while the rest is written.
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
  // Who looks at this run from another container or machine sees by it that the run goes on.
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
      // Last: a run that is said to be finished has the rest of its history.
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

/** What git has said by then; its processes are ended, or they would keep ours alive. */
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
