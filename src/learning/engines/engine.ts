/** The tfjs namespace, with one backend set and ready. */
export type Tf = typeof import('@tensorflow/tfjs-core');

/** Fastest first where each finds what it wants; the order in which they are listed to people. */
export const ENGINE_NAMES = ['tensorflow', 'webgpu', 'onednn', 'wasm', 'cpu'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** Of the products in a training step. bf16: operands rounded, sums and master weights float32; only onednn knows it. */
export const PRECISIONS = ['f32', 'bf16'] as const;

export type Precision = (typeof PRECISIONS)[number];

/** Engines whose sums are cut into parts by the number of threads, so that it changes results. */
export const THREADS_MATTER: readonly EngineName[] = ['onednn'];

export interface EngineOptions {
  /** Cores that it may use. */
  readonly threads?: number;
  /** f32 unless told. */
  readonly precision?: Precision;
}

/** What a look at the machine told about an engine. */
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

/** One way to run tfjs. */
export interface Engine {
  readonly name: EngineName;
  readonly summary: string;
  /**
   * Looks whether it would start, without loading tfjs into this process.
   * @param notes folder in which what takes seconds to find out is remembered
   */
  find(notes: string): Finding;
  /** Loads the packages, which takes up to seconds, and makes this engine's backend the one in use. Twice does no harm. */
  start(options?: EngineOptions): Promise<Tf>;
}
