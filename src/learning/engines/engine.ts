import { EXIT, UserError } from '../../errors';

/** The tfjs namespace, with one backend set and ready. */
export type Tf = typeof import('@tensorflow/tfjs-core');

/** Of the products in a training step. bf16: operands rounded, sums and master weights float32. */
export const PRECISIONS = ['f32', 'bf16'] as const;

export type Precision = (typeof PRECISIONS)[number];

export interface EngineOptions {
  /** Cores that it may use. */
  readonly threads?: number;
  /** f32 by default. */
  readonly precision?: Precision;
}

/** What a look at the machine showed about an engine. */
export interface Finding {
  readonly usable: boolean;
  /** Runs on a GPU, not on its emulation. */
  readonly gpu?: boolean;
  /** One line: what is there, with version and place. */
  readonly found: string;
  /** One line: what is not there. */
  readonly missing?: string;
  /** The one command or setting that would enable it. */
  readonly enable?: string;
}

/** Digests of the parts of an engine beside JavaScript. */
export interface EngineBuild {
  /** Of sources, compiler, flags and libraries. */
  readonly from: string;
  /** The library that the build made, as `Texts` has it; undefined for one of an earlier version. */
  readonly binary: { readonly module: string; readonly digest: string } | undefined;
}

/** What of the machine changes the results of an engine, and so counts in the key. */
export interface EngineKey {
  /** Sums are cut into parts by the number of threads. */
  readonly threads: boolean;
  /** Code is chosen by the instructions of the processor, which add in different orders. */
  readonly processor: boolean;
  /** Products are cut into blocks by the sizes of the caches. */
  readonly caches: boolean;
  /** Variables of the environment that make it round in other ways. */
  readonly variables?: RegExp;
  readonly build?: () => EngineBuild | undefined;
}

/** How `doctor --fix` may enable an engine. */
export interface FixOptions {
  /** Absolute path of a Python wheel with the engine's library. */
  readonly wheel?: string;
  /** Absolute path of a folder with the engine's library; it is used from there. */
  readonly library?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Takes a line about the progress. */
  readonly say: (line: string) => void;
}

/** Enables an engine on this machine. Throws `UserError` with what is missing. */
export type FixEngine = (options: FixOptions) => void | Promise<void>;

/** One way to run tfjs, with all that is known of it. */
export interface Engine {
  /** Ranks by which `auto` chooses, lowest first: where it finds a GPU, and where it computes on the CPU. Without one it must be asked for by name. */
  readonly auto: { readonly gpu?: number; readonly cpu?: number };
  readonly precisions: readonly Precision[];
  /** What one training keeps busy: a core, so that others are free for replicas; every core; or a GPU, and every core where there is none. */
  readonly occupies: 'core' | 'cores' | 'gpu';
  readonly key: EngineKey;
  /**
   * Looks whether it would start, without loading tfjs into this process.
   * @param notes folder in which what takes seconds to find out is remembered
   */
  find(notes: string): Finding;
  /** Loads the packages, which takes up to seconds, and makes this engine's backend the one in use. Twice does no harm. */
  start(options?: EngineOptions): Promise<Tf>;
}

/** Throws `UserError` bad-option for an engine that is enabled without a library of one's own. */
export function refuseLibrary(name: string, { wheel, library }: FixOptions): void {
  const given = wheel !== undefined ? '--wheel' : library !== undefined ? '--library' : undefined;
  if (given === undefined) return;
  throw new UserError(`Run doctor: --fix ${name} takes no ${given}; leave it out`, {
    code: 'bad-option',
    exit: EXIT.usage,
  });
}

/** Facts of engines whose results depend on nothing but Node's own code. */
export const PLAIN_KEY: EngineKey = { threads: false, processor: false, caches: false };
