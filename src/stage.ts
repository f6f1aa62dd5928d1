import type { Observable } from 'rxjs';
import type { ErrorCode } from './error-codes';
import type { Pointer } from './kit/schema-parts';
import type { ConnectedInputs, InputPorts, InputsOf } from './stage-inputs';

export type { InputPort, StageInput } from './stage-inputs';

/** JSON Schema (draft-07, ajv) of a stage's `with` block. Every property has a `description`; defaults are filled in by ajv. */
export interface OptionsSchema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, OptionSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties: false;
}

/**
 * One option: a scalar, a list, a map, or one of several maps that a tag selects (`type: 'object'`, `oneOf` and `discriminator`), one inside the
 * other as deep as you like. `kit/options.ts` builds them. `format: 'input-path'`, at any depth, marks a file or folder outside the store: the engine
 * resolves it against the working directory, refuses a missing one before anything runs, and puts the digest of its content into the key. `format:
 * 'secret'`, at any depth, marks a text that may hold secrets: `${secret:NAME}` is refused in every other option. The stage must not write its value
 * into the artifact or say it: later runs read the artifact, and hide only what secrets are then. `family`, at any depth, marks the name of a member
 * of that family, whose code then counts in the key (`memberOption`).
 */
export interface OptionSchema {
  readonly description: string;
  readonly type?: string | readonly string[];
  readonly format?: 'input-path' | 'secret';
  readonly family?: string;
  readonly default?: unknown;
  readonly [keyword: string]: unknown;
}

/** Options of an earlier version, for which one option is written now. */
export interface MovedOptions {
  readonly names: readonly string[];
  /**
   * That option with its value, as YAML on one line. `given`: those of the names that a pipeline has, with their values, which may be anything;
   * one that differs from cell to cell is the text `…`.
   */
  readonly now: (given: Readonly<Record<string, Json>>) => string;
}

/** Why a step cannot do its work, seen from its options and from what is connected. */
export interface Objection {
  /** Where the mistake is in the options: `['terms', 0, 'loss']`. */
  readonly option: Pointer;
  readonly code: ErrorCode;
  /** A phrase that also says what to do. Equal for all cells of a matrix that have the mistake in common: no values that may differ. */
  readonly text: string;
}

/** A typed output: the sub-folder of the artifact with the port's name. */
export interface OutputPort {
  readonly type: string;
  readonly summary: string;
}

/** What the body of a stage is given; `Inputs` follows from its ports, see `InputsOf`. */
export interface StageContext<Options, Inputs> {
  readonly options: Options;
  /** The artifacts that the ports are connected to, by name of the port. */
  readonly inputs: Inputs;
  /** Absolute path of the artifact being made. Files for people are here, files for stages in the ports' sub-folders. */
  readonly folder: string;
  /** Absolute path of an output port's folder; it exists. */
  output(port: string): string;
  /** How many things to do at once. Never changes the result. */
  readonly cores: number;
  /** Resolved name of the training engine, for stages with `usesEngine`. */
  readonly engine: string;
  /**
   * Finished artifacts from which rows may be taken, newest first, at most a few: made by this stage with the same code, options and
   * runtime, from inputs that differ in the ports named by `rowInputs` only. Read only. Empty for other stages.
   */
  readonly earlier: readonly EarlierArtifact[];
  /** Where a stage keeps its checkpoints. */
  readonly checkpoints: Checkpoints;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
}

/** An artifact that the same stage made from other inputs. */
export interface EarlierArtifact {
  /** Absolute path of the artifact's folder; output ports are sub-folders. */
  readonly folder: string;
  /** Absolute path of an output port's folder. */
  output(port: string): string;
}

/**
 * A folder that outlives an attempt that was killed, interrupted or failed; the next attempt with the same key finds it as it was. It is removed when
 * the artifact is finished. A stage writes there so that a kill at any moment leaves something usable (a file aside, synced, then renamed), checks
 * what it finds, and finishes with the same bytes whether it resumed or not. `verify` checks the files that `writeSealed` has written there, by their
 * names: `*.checkpoint`, `*.rows`.
 */
export interface Checkpoints {
  /** Absolute; exists. */
  readonly folder: string;
  /** Whether so much time has passed since the start or `saved()` that losing it would hurt. */
  readonly isDue: () => boolean;
  /** To be called after a checkpoint was written. */
  readonly saved: () => void;
}

/** JSON that a stage may report. Must not hold times, paths or anything else that differs between equal runs. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The events of a running stage. */
export type StageEvent =
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total?: number;
      readonly unit: string;
      readonly note?: string;
    }
  | { readonly type: 'log'; readonly level: 'info' | 'warn'; readonly text: string }
  /** Merged over the run into `metrics.json`. */
  | { readonly type: 'metrics'; readonly values: Readonly<Record<string, Json>> }
  /** Numbers at a step of a long work, for curves: `{step: 120, values: {loss: 1.5}}`. Steps grow. */
  | { readonly type: 'scalars'; readonly step: number; readonly values: Readonly<Record<string, number>> }
  /** How many of the rows of the result were not computed but taken from earlier artifacts or an interrupted attempt. */
  | { readonly type: 'rows'; readonly reused: number; readonly total: number }
  /** The stage resumes where an interrupted attempt stopped: `step 1,200 of 3,000`. */
  | { readonly type: 'resumed'; readonly at: string }
  /** A file in the artifact's folder that is worth looking at, for the overview page. */
  | { readonly type: 'look'; readonly file: string; readonly caption: string }
  /** Printed at the end of a run that contains this stage, also when the stage was reused. Plain text; one after the other where there are several. */
  | { readonly type: 'headline'; readonly text: string };

/** The part of a folder outside the store that a stage reads. */
export interface FolderPart {
  /** Tells it from other parts of the same folder. */
  readonly name: string;
  /**
   * What counts of a file or folder, by its path relative to the folder, with `/`. `all`: the content of a file; the contents of a folder, or that it
   * is empty. `name`: that there is one of this name. `none`: nothing.
   */
  readonly takes: (path: string, isFolder: boolean) => 'all' | 'name' | 'none';
}

/** One picture or page for a person: never read by a stage, never in a key. */
export interface Picture {
  readonly file: string;
  readonly caption: string;
  readonly content: string | Uint8Array;
}

/** A finished artifact, as what draws its pictures reads it. Read only. */
export interface FinishedArtifact {
  readonly folder: string;
  output(port: string): string;
}

/**
 * Draws what a person looks at, from the finished artifact alone, so that it can be drawn again when only this code has changed. A file has a
 * plain name without folders, a caption is one printable line.
 */
export interface StagePictures {
  draw(artifact: FinishedArtifact): AsyncIterable<Picture>;
}

/** Sub-folder of an artifact for its pictures, beside what it is. A stage writes nothing there. */
export const PICTURES_FOLDER = 'pictures';
/** In it, what the engine knows of the pictures. */
export const PICTURES_FILE = 'pictures.json';

/** What a stage that errors has written to this sub-folder of its folder is kept for a person; everything else of it is removed. */
export const LEFT_ON_FAILURE = 'on-failure';

/** What a stage does. */
export interface StageBody<Options, Inputs> {
  /** Starts when subscribed. Completes once every output is written. Fails with a `UserError` if the user can fix the cause. */
  run(context: StageContext<Options, Inputs>): Observable<StageEvent>;
}

/**
 * A step of the work, as a plain object: what planning needs to know, and a door to the body. It does not know that it is cached. `Inputs` is a
 * parameter for the compiler only, which can compare it and no conditional type.
 */
export interface Stage<Options = never, Ports extends InputPorts = InputPorts, Inputs = InputsOf<Ports>> {
  readonly name: string;
  readonly summary: string;
  /** Part of the key: raise it when the output would change. */
  readonly version: number;
  readonly options: OptionsSchema;
  /** Options that an earlier version had. */
  readonly movedOptions?: readonly MovedOptions[];
  readonly inputs: Ports;
  readonly outputs: Readonly<Record<string, OutputPort>>;
  /** The result depends on the training engine, so its name enters the key. */
  readonly usesEngine?: boolean;
  /**
   * Input ports that the stage maps row by row: a row of the result depends on its own row of these, the options and the other inputs, but
   * on no other row. Lets the stage take rows from `earlier`.
   */
  readonly rowInputs?: readonly string[];
  /**
   * By `input-path` option (`model`; deeper ones as `terms[].weights`, with `*` for any name of a map): which other files belong to a file that it
   * names, because that refers to them; relative to its folder, with `/`. They must exist in the roots, and enter the key beside it. Asked whenever a
   * pipeline is checked: reads no more than it needs, loads nothing heavy. Throws a UserError that says what is wrong with the file.
   */
  readonly companions?: Readonly<Record<string, (path: string) => readonly string[]>>;
  /**
   * By `input-path` option, likewise: which part of a folder it reads with these options, those of the map that it stands in, so that other files
   * there change no key. Asked whenever something is planned: reads no more than it needs, loads nothing heavy. Undefined for all of it, and for a
   * file.
   */
  readonly reads?: Readonly<
    Record<string, (folder: string, options: Readonly<Record<string, unknown>>) => Promise<FolderPart | undefined>>
  >;
  /**
   * By option of the first level that may be `auto` (`memberOrAuto`): the value that stands for it with these options and inputs; undefined when none
   * fits, and then the body must refuse to work. Called when the inputs exist and `auto` is the value; the answer replaces it in the key and in the
   * options of the body. Reads no more than it needs, loads nothing heavy. What the body will refuse is no error here.
   */
  readonly chooses?: Readonly<
    Record<string, (options: Readonly<Record<string, unknown>>, inputs: ConnectedInputs) => Promise<string | undefined>>
  >;
  /**
   * What its body would refuse although each option and each connection is valid by itself. `connected` counts what the pipeline file connects to
   * each port. Called for every step with valid options when a pipeline is checked: reads nothing, loads nothing heavy.
   */
  readonly objections?: (options: Options, connected: Readonly<Record<string, number>>) => readonly Objection[];
  /** The artifact refers to files by their paths, so the resolved `input-path` options enter the key beside their digests. */
  readonly locationMatters?: boolean;
  /**
   * What draws its pictures: `() => import('./pictures')`, a module of its own, because it is no part of the key. Loaded after the artifact is
   * finished, in a process of its own.
   */
  readonly pictures?: () => Promise<StagePictures>;
  /** `import('./run')`: heavy libraries are loaded with the body, so that a run which executes nothing does not load them. */
  readonly body: () => Promise<StageBody<Options, Inputs>>;
}

/** What the body of a declared stage is given: `ContextOf<typeof alignFaces>`. */
export type ContextOf<Declared> =
  Declared extends Stage<infer Options, InputPorts, infer Inputs> ? StageContext<Options, Inputs> : never;

/** The `run` of a declared stage: `export const run: Run<typeof alignFaces> = …`. */
export type Run<Declared> = (context: ContextOf<Declared>) => Observable<StageEvent>;

/** A stage whose options and connections are checked by the engine: no type can say what its body takes. */
export type AnyStage = Stage;
