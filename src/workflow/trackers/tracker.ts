import type { CheckedPipeline } from '../configuration/checked-pipeline';
import type { Effects } from '../../effects';
import type { RunFolder } from '../history/run-folder';
import type { RunEvent } from '../run/events';

/** Reports a run to a program for comparing experiments. Nothing that goes wrong there fails the run, or delays it much. */
export interface Tracker {
  /** Never throws, and does not wait for anybody. */
  take(event: RunEvent): void;
  /** Sends the rest. Takes at most 3 seconds, and never rejects. Called once, after the last event. */
  close(): Promise<void>;
}

/** What a tracker knows of a run from its beginning. */
export interface TrackedRun {
  readonly pipeline: CheckedPipeline;
  readonly history: Pick<RunFolder, 'id' | 'folder' | 'git'>;
  readonly effects: Pick<Effects, 'now' | 'every' | 'env' | 'err'>;
}

/** The facts about each tracker in the list. */
export interface TrackerMember {
  readonly summary: string;
  /** Undefined where it is not wanted for this run. */
  readonly open: (run: TrackedRun) => Tracker | undefined;
}
