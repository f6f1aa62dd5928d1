import type { AnyStage, Json } from '../../stage';

/** A pipeline file after every check: nothing about it can be wrong any more but what happens while it runs. */
export interface CheckedPipeline {
  readonly name: string;
  /** Absolute path of the pipeline file. */
  readonly file: string;
  /** Training engine that the file asks for. */
  readonly engine?: string;
  /** In an order in which they can run: dependencies first, otherwise as in the file. */
  readonly steps: readonly CheckedStep[];
  /** Real paths of the folders that may hold inputs and the targets of links in inputs. */
  readonly inputFolders?: readonly string[];
  /** Every file that it was read from: the pipeline file first, then what it extends and imports, and files of parameters. */
  readonly sources: readonly SourceFile[];
  /** Names of the profiles that were laid over it, in order. */
  readonly profiles: readonly string[];
  /** Parameters in force, arguments of `--set` included. */
  readonly params: Readonly<Record<string, Json>>;
  /** Values by name of `${secret:NAME}`. Nothing that is written or shown may hold one: see `secrets.ts`. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface SourceFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** One stage of a pipeline file; of a stage with a matrix, one cell. */
export interface CheckedStep {
  /** The key under `stages`; of a cell `student@seed=1,weight=0`, of an imported stage `faces.align`. */
  readonly id: string;
  readonly stage: AnyStage;
  /**
   * Interpolated, checked against the stage's schema, defaults filled in; `input-path` options are absolute paths that exist. Secrets
   * still stand there as `${secret:NAME}`.
   */
  readonly options: Readonly<Record<string, Json>>;
  /** By input port, in file order; of one with names, by `<port>.<name>`, see `kit/text/port-names.ts`. An optional port that is not connected is missing. */
  readonly inputs: Readonly<Record<string, readonly StepOutput[]>>;
  readonly resources: Resources;
  readonly retry: Retry;
  /** Seconds after which an attempt is ended; undefined: never. */
  readonly timeout?: number;
  readonly limits: Limits;
  /** Variables of the environment that the stage declares, with their values; they are part of its key. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute paths of the files that belong to those of `input-path` options, when the pipeline was checked; see `Stage.companions`. */
  readonly companions?: readonly string[];
  /** Where the stage stands. */
  readonly place: Place;
  /**
   * Where what decides a leaf of the key is written: `options.margin.mean`, `inputs.faces`, `env.NAME`. The first is the value itself, as
   * the file defines it (a parameter, a matrix, a profile); then the places that refer to it. Empty for a default.
   */
  placesOf(leaf: string): readonly Place[];
}

/** What a stage takes of the machine while it runs. */
export interface Resources {
  /** Cores; undefined: a share that the engine chooses. */
  readonly cpu?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Whole devices. */
  readonly gpu?: number;
}

/** What a stage may not go beyond. */
export interface Limits {
  /** Bytes of its process; undefined: its part of what a run may use of the machine. */
  readonly memory?: number;
}

export interface Retry {
  /** Attempts after the first. */
  readonly times: number;
  /** Seconds before the second attempt; doubles with every further one. */
  readonly delay: number;
}

/** A place in a file of the configuration, or an argument of the command line. */
export interface Place {
  /** Absolute path, or `--set`. */
  readonly file: string;
  /** 1-based; 0 for an argument. */
  readonly line: number;
  readonly column: number;
  /** The text there, or the argument: `--set seed=2`. */
  readonly text: string;
}

/** An output port of another step. */
export interface StepOutput {
  readonly step: string;
  readonly port: string;
}
