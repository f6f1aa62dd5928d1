/** The tfjs namespace, with one backend set and ready. */
export type Tf = typeof import('@tensorflow/tfjs-core');

/** tensorflow: libtensorflow through tfjs-node(-gpu). wasm: everywhere, one core. cpu: plain JavaScript, the reference in tests. */
export const ENGINE_NAMES = ['tensorflow', 'wasm', 'cpu'] as const;

export type EngineName = (typeof ENGINE_NAMES)[number];

/** One way to run tfjs. */
export interface Engine {
  readonly name: EngineName;
  readonly summary: string;
  /** Loads the packages, which takes up to seconds, and makes this engine's backend the one in use. Twice does no harm. */
  start(): Promise<Tf>;
}
