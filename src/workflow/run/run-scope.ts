import type { KeyLeaves, Store } from '../store';
import type { CheckedPipeline } from '../configuration/checked-pipeline';
import type { Executor } from '../executors/executor';
import type { RunEventBody } from './events';
import type { Planner } from '../plan/planner';
import type { ProgramOf } from '../keys/program';

/** Which run this is. */
export interface RunIdentity {
  /** `20261124-101500-amber-otter`. */
  readonly id: string;
  /** Absolute path of its folder, whether it is there or not. */
  readonly folder: string;
  /** The command that runs one stage of it alone again. */
  rerun(step: string): string;
  readonly notes: RunNotes;
}

/** The history of a run beyond its events. */
export interface RunNotes {
  /** What the key of a stage was made of; its object under `objects/`. */
  note(stage: string, facts: { readonly leaves?: KeyLeaves; readonly object?: string }): void;
  /** Text that a library printed. */
  output(stage: string, text: string): void;
  /** Absolute path of the log of a stage; null when nothing was logged. */
  logFile(stage: string): string | null;
}

export const NO_NOTES: RunNotes = { note: () => undefined, output: () => undefined, logFile: () => null };

/** What all steps of a run share. */
export interface RunScope {
  readonly pipeline: CheckedPipeline;
  readonly store: Store;
  readonly executor: Executor;
  readonly engine: string;
  readonly run: RunIdentity;
  /** Keys of what this run has executed. */
  readonly made: Set<string>;
  /** By object: what draws its pictures, or has drawn them, in this run. */
  readonly drawing: Map<string, Promise<void>>;
  readonly planner: Planner;
  /** Looks up again what runs steps, which an installation may have changed since; by default, nothing can. */
  readonly programNow?: (() => ProgramOf) | undefined;
  /** Waits for another process that makes the same; else fails with `locked`. */
  readonly wait: boolean;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEventBody) => void;
  /** Emits once how long the stages of the run took before, where known. */
  readonly tellExpected: () => Promise<void>;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
  /** Shows the progress of another run's stage as that of one of ours, until it is aborted. */
  readonly follow: (runFolder: string, theirs: string, ours: string, signal: AbortSignal) => void;
}
