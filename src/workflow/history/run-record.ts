import type { ProcessIdentity } from '../store/leases/process-identity';
import type { Json } from '../../stage';

export const RUN_FORMAT = 1;

/**
 * `runs/<id>/run.json`: one run, as it is known at the time of writing. It is written when the run starts and again when it ends; one without
 * `finished` whose process is gone was killed.
 */
export interface RunRecord {
  readonly kind: 'fairdistill-run';
  readonly format: typeof RUN_FORMAT;
  /** `20261124-101500-amber-otter`: UTC time of the start and a name that people can say. */
  readonly id: string;
  readonly pipeline: string;
  /** Absolute path of the pipeline file. */
  readonly file: string;
  /** As typed, for a person to repeat. */
  readonly command: readonly string[];
  /** ISO 8601. */
  readonly started: string;
  readonly finished: string | null;
  readonly outcome: 'running' | 'done' | 'failed' | 'interrupted';
  readonly exit: number | null;
  readonly params: Readonly<Record<string, Json>>;
  readonly profiles: readonly string[];
  readonly engine: string;
  readonly process: ProcessIdentity;
  /**
   * When the process of an unfinished run last gave a sign of life, in milliseconds since 1970. Not in the file: the process touches the file, and
   * its reader adds this.
   */
  readonly heard?: number;
  /** Null outside a git repository; `dirty` is null when git took too long. */
  readonly git: { readonly commit: string; readonly branch: string | null; readonly dirty: boolean | null } | null;
  readonly stages: readonly StageRecord[];
}

/** The outcome of a stage in a run. */
export interface StageRecord {
  readonly stage: string;
  readonly uses: string;
  readonly status: 'reused' | 'executed' | 'failed' | 'not run';
  /** Null when its key was never known. */
  readonly key: string | null;
  readonly object: string | null;
  readonly digest: string | null;
  readonly seconds: number | null;
  readonly bytes: number | null;
  readonly options: Readonly<Record<string, Json>>;
  readonly metrics: Readonly<Record<string, Json>>;
}
