import type { Json } from '../../../stage';

/** How a result was made. */
export interface Production {
  readonly key: string;
  /** Pipeline and step that made it. */
  readonly pipeline: string;
  readonly step: string;
  /** Id of the run: `20261124-101500-amber-otter`. */
  readonly run: string;
  readonly options: Readonly<Record<string, Json>>;
  readonly inputs: readonly InputRecord[];
  readonly externals: readonly ExternalRecord[];
  /** Name of the training engine; null when the stage uses none. */
  readonly engine: string | null;
  /** ISO 8601. */
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
  /** Largest resident memory of the stage's process in bytes; null when it had no process of its own. */
  readonly peakMemory: number | null;
  readonly host: { readonly platform: string; readonly cpu: string; readonly cores: number; readonly node: string };
  /** Rows that were taken from earlier artifacts or an interrupted attempt; null for a stage that does not report them. */
  readonly rows: { readonly reused: number; readonly total: number } | null;
}

/** An artifact of another stage that this one was made from. */
export interface InputRecord {
  readonly port: string;
  /** Step of the pipeline and its output port. */
  readonly step: string;
  readonly output: string;
  readonly digest: string;
  readonly key: string;
  /** Folder of the artifact under `objects/`. */
  readonly object: string;
}

/** A file or folder outside the store that this one was made from. */
export interface ExternalRecord {
  readonly option: string;
  readonly path: string;
  readonly digest: string;
}
