import type { AnyStage, Json } from '../stage';

/** A pipeline file after every check: nothing about it can be wrong any more but what happens while it runs. */
export interface CheckedPipeline {
  readonly name: string;
  /** Absolute path of the pipeline file. */
  readonly file: string;
  /** Training engine that the file asks for. */
  readonly engine?: string;
  /** In an order in which they can run: dependencies first, otherwise as in the file. */
  readonly steps: readonly CheckedStep[];
}

/** One stage of a pipeline file. */
export interface CheckedStep {
  /** The key under `stages`. */
  readonly id: string;
  readonly stage: AnyStage;
  /** Interpolated, checked against the stage's schema, defaults filled in; `input-path` options are absolute paths that exist. */
  readonly options: Readonly<Record<string, Json>>;
  /** By input port, in file order. An optional port that is not connected is missing. */
  readonly inputs: Readonly<Record<string, readonly StepOutput[]>>;
  /** 1-based line of the stage in the file. */
  readonly line: number;
}

/** An output port of another step. */
export interface StepOutput {
  readonly step: string;
  readonly port: string;
}
