import type { Json } from '../../stage';
import type { PlannedStep } from '../plan/planned-step';

/** Version of the events: raised when one changes its meaning or loses a member. New members and new types come without. */
export const EVENTS_FORMAT = 1;

/** Everything that happens in a run, as JSON: what `--json` prints and `events.jsonl` keeps is what the terminal draws. */
export type RunEvent = { readonly time: string } & RunEventBody;

/** The time comes first, for who reads the line, and is this one whatever else the event may hold. */
export function timed<Body extends object>(event: Body, time: string): { readonly time: string } & Body {
  return Object.assign({ time }, event, { time });
}

export type RunEventBody =
  | {
      readonly type: 'run-started';
      readonly format: typeof EVENTS_FORMAT;
      /** `20261124-101500-amber-otter`. */
      readonly run: string;
      /** Absolute path of the run's folder. */
      readonly runFolder: string;
      readonly pipeline: string;
      readonly file: string;
      /** What will run or be reused, in order. */
      readonly stages: readonly { readonly id: string; readonly uses: string; readonly needs: readonly string[] }[];
      readonly jobs: number;
    }
  /** Comes once, with the first stage that has to run, where some stage was made before: the seconds that each took; null for others. */
  | { readonly type: 'run-expected'; readonly seconds: Readonly<Record<string, number | null>> }
  /** Comes before anything else about a stage: whether it is a hit, and why. */
  | ({ readonly type: 'stage-planned' } & PlannedStep)
  /** Another process makes the same; its progress is shown as this stage's. Or a stage of this run does: `behind`. */
  | {
      readonly type: 'stage-waiting';
      readonly stage: string;
      readonly key: string;
      readonly holder: Holder;
      readonly behind?: string;
    }
  | {
      readonly type: 'stage-started';
      readonly stage: string;
      readonly uses: string;
      readonly key: string;
      /** From 1. */
      readonly attempt: number;
      /** Devices that were given to it: `["0"]`. */
      readonly gpus: readonly string[];
    }
  | {
      readonly type: 'stage-progress';
      readonly stage: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: string;
      readonly note?: string;
    }
  | { readonly type: 'stage-log'; readonly stage: string; readonly level: 'info' | 'warn'; readonly text: string }
  /** Numbers at a step, for curves. */
  | {
      readonly type: 'stage-scalars';
      readonly stage: string;
      readonly step: number;
      readonly values: Readonly<Record<string, number>>;
    }
  /** An attempt failed and another one follows after so many seconds. */
  | {
      readonly type: 'stage-retry';
      readonly stage: string;
      readonly attempt: number;
      readonly delay: number;
      readonly error: Failure;
    }
  | ({ readonly type: 'stage-reused'; readonly ageMs: number; readonly run: string } & StageResult)
  | ({
      readonly type: 'stage-finished';
      readonly amount: Amount | null;
      readonly peakMemory: number | null;
      readonly rows: { readonly reused: number; readonly total: number } | null;
    } & StageResult)
  | {
      readonly type: 'stage-failed';
      readonly stage: string;
      readonly seconds: number;
      readonly attempt: number;
      readonly error: Failure;
    }
  /** It needs a stage that failed. */
  | { readonly type: 'stage-skipped'; readonly stage: string; readonly because: string }
  | RunFinished;

/** Who makes something. */
export interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly run: string;
  /** ISO 8601. */
  readonly since: string;
}

/** The artifact that a stage has now. */
export interface StageResult {
  readonly stage: string;
  readonly key: string;
  readonly digest: string;
  /** Absolute path under which a person finds it. */
  readonly folder: string;
  /** What making it took; for a reused one, what was saved. */
  readonly seconds: number;
  readonly bytes: number;
  readonly metrics: Readonly<Record<string, Json>>;
}

/** How much a stage did, as its last progress event said. */
export interface Amount {
  readonly done: number;
  readonly unit: string;
}

/** Who can fix a failure. `bug`: we. */
export type FailureClass =
  'your data' | 'configuration' | 'out of memory' | 'disk' | 'timeout' | 'cancelled' | 'machine' | 'bug';

export interface Failure {
  readonly message: string;
  readonly class: FailureClass;
  /** Of a `UserError`; null for a defect of ours. */
  readonly code: string | null;
  readonly exit: number;
  /** What the stage was at: a row, a path; null when it did not say. */
  readonly item: string | null;
  /** The last lines of its log. */
  readonly log: readonly string[];
  /** Absolute; null when nothing was logged. */
  readonly logFile: string | null;
  /** The command that runs this stage alone again; existing results are reused. */
  readonly rerun: string;
  /** Only for defects. */
  readonly stack?: string;
}

export interface RunFinished {
  readonly type: 'run-finished';
  readonly run: string;
  readonly runFolder: string;
  readonly pipeline: string;
  readonly outcome: 'done' | 'failed' | 'interrupted';
  readonly exit: number;
  readonly seconds: number;
  readonly stages: number;
  readonly reused: number;
  readonly executed: number;
  readonly failed: number;
  readonly notRun: number;
  /** Of the stages that no other stage of the run reads. */
  readonly headlines: readonly { readonly stage: string; readonly text: string }[];
  /** Absolute paths. */
  readonly folder: string;
  readonly overview: string;
  readonly reports: readonly string[];
  /** What went wrong after the work was done. */
  readonly warnings: readonly string[];
}
