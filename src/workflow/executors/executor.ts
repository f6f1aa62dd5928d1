import type { Observable } from 'rxjs';
import type { AnyStage, Json, StageEvent, StageInput } from '../../stage';
import type { ExpectedTexts } from '../../kit/loaded-code';

/** One stage to be run. */
export interface StageRequest {
  readonly stage: AnyStage;
  readonly options: Readonly<Record<string, Json>>;
  readonly inputs: Readonly<Record<string, readonly StageInput[]>>;
  /** Absolute path of an empty folder, but for the sub-folders of the output ports. */
  readonly folder: string;
  readonly cores: number;
  readonly engine: string;
  /** Absolute folders of artifacts from which rows may be taken, newest first. */
  readonly earlier: readonly string[];
  /** Absolute path of the folder that outlives attempts; it exists. */
  readonly checkpoints: string;
  /** Variables for the stage's process, over its usual environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Bytes of memory above which it is ended, where the executor can; undefined: what the executor allows all its stages together. */
  readonly memoryLimit?: number | undefined;
  /** The modules that its key describes; it must run these. By default, whatever is on disk. */
  readonly texts?: ExpectedTexts | undefined;
}

/** Events of a stage, and of the process around it. */
export type WorkEvent =
  | StageEvent
  /** Text that a library printed. */
  | { readonly type: 'output'; readonly text: string }
  /** Largest resident memory of the stage's process in bytes. */
  | { readonly type: 'resources'; readonly peakMemory: number };

/** The pictures of one finished artifact to be drawn. */
export interface DrawRequest extends Pick<StageRequest, 'stage' | 'cores' | 'env' | 'memoryLimit'> {
  /** Absolute path of the artifact. */
  readonly artifact: string;
  /** Absolute path of an empty folder for the pictures. */
  readonly folder: string;
  /** The modules that its pictures are recorded with; it must run these. By default, whatever is on disk. */
  readonly texts?: ExpectedTexts | undefined;
}

/** Events of drawing pictures. */
export type DrawEvent =
  /** It is in the folder now. */
  ({ readonly type: 'picture' } & DrawnPicture) | Extract<WorkEvent, { type: 'output' | 'resources' }>;

/** A picture, without its content. */
export interface DrawnPicture {
  readonly file: string;
  readonly caption: string;
  readonly bytes: number;
  /** Of its content, hex. */
  readonly sha256: string;
}

/** What an executor may need of the run; each takes what it can use. */
export interface ExecutorOptions {
  /** Module that calls `serveStage`. */
  readonly module: string;
  readonly args: readonly string[];
  /** Options for Node itself. */
  readonly execArgv?: readonly string[];
  /** Variables that every stage inherits. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Detached from the terminal, whose end would kill a new process that does not ignore SIGHUP yet. */
  readonly ownSession?: boolean;
  /** How long a stage may take to stop before it is killed. */
  readonly graceMs?: number;
  /** Bytes that this process and all stages without a limit of their own may use together; by default, what the system allows. */
  readonly memory?: number;
}

/** The facts about each executor in the list. */
export interface ExecutorMember {
  readonly summary: string;
  /** Whether a stage gets exactly the variables and the code that its key describes; a run requires this. */
  readonly isolates: boolean;
  readonly open: (options: ExecutorOptions) => Executor;
}

/** Where stages run. */
export interface Executor {
  /**
   * Runs the stage on subscription; completes when all is written, fails with a `UserError` if the user can fix the cause; `code-changed` or
   * `code-changed-midway` when the stage has run other code than `texts` describes, or a module that it must not run, and `too-much-memory` when it
   * was ended for its memory, where the executor can know. When the signal is aborted, it errors with the `UserError` `interrupted` as soon as nobody
   * writes into the folder any more. Unsubscribing aborts too, but then nothing reports the end of the work.
   */
  run(request: StageRequest, signal: AbortSignal): Observable<WorkEvent>;
  /**
   * Draws the pictures on subscription, as `run` runs a stage. Errors with the `UserError` `bad-picture` where the stage gives something that is
   * not a picture with a plain name, a caption and a content of bearable size.
   */
  draw(request: DrawRequest, signal: AbortSignal): Observable<DrawEvent>;
}
