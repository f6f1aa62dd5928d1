import type { Json } from '../stage';

/** Everything that happens in a run, as JSON: what `--json` prints is what the terminal draws. */
export type RunEvent = { readonly time: string } & RunEventBody;

export type RunEventBody =
  | {
      readonly type: 'run-started';
      readonly pipeline: string;
      readonly file: string;
      /** What will run or be reused, in order. */
      readonly stages: readonly { readonly id: string; readonly uses: string; readonly needs: readonly string[] }[];
      readonly jobs: number;
    }
  | { readonly type: 'stage-started'; readonly stage: string; readonly uses: string; readonly key: string }
  | {
      readonly type: 'stage-progress';
      readonly stage: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: string;
      readonly note?: string;
    }
  | { readonly type: 'stage-log'; readonly stage: string; readonly level: 'info' | 'warn'; readonly text: string }
  | ({ readonly type: 'stage-reused'; readonly ageMs: number } & StageResult)
  | ({
      readonly type: 'stage-finished';
      readonly amount: Amount | null;
      readonly peakMemory: number | null;
    } & StageResult)
  | { readonly type: 'stage-failed'; readonly stage: string; readonly seconds: number; readonly error: Failure }
  | RunFinished;

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

export interface Failure {
  readonly message: string;
  /** Of a `UserError`; null for a defect of ours. */
  readonly code: string | null;
  readonly exit: number;
  /** Only for defects. */
  readonly stack?: string;
}

export interface RunFinished {
  readonly type: 'run-finished';
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
}
