import type { Store } from '../artifacts/store';
import type { CheckedPipeline } from '../configuration/checked-pipeline';
import type { Executor } from '../executors';
import type { RunEventBody } from './events';
import type { Planner } from './planner';

/** Which run this is. */
export interface RunIdentity {
  /** `20261124-101500-amber-otter`. */
  readonly id: string;
  /** Absolute path of its folder, whether it is there or not. */
  readonly folder: string;
  /** The command that runs one stage of it alone again. */
  rerun(step: string): string;
}

/** What all steps of a run share. */
export interface RunScope {
  readonly pipeline: CheckedPipeline;
  readonly store: Store;
  readonly executor: Executor;
  readonly engine: string;
  readonly run: RunIdentity;
  readonly planner: Planner;
  /** Waits for another process that makes the same; else fails with `locked`. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** Shows the progress of another run's stage as that of one of ours, until it is aborted. */
  readonly follow: (runFolder: string, theirs: string, ours: string, signal: AbortSignal) => void;
}
