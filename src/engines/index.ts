import { EXIT, UserError } from '../errors';
import { cpu } from './cpu';
import { ENGINE_NAMES, type Engine, type EngineName, type Tf } from './engine';
import { whyNotLoading } from './probe';
import { findTensorflow, tensorflow } from './tensorflow';
import { wasm } from './wasm';

export type { EngineName, Tf } from './engine';

const ENGINES: Readonly<Record<EngineName, Engine>> = { tensorflow, wasm, cpu };

/** What `findEngine` chose; `detail` is one sentence that says why. */
export interface FoundEngine {
  readonly name: EngineName;
  readonly detail: string;
}

/**
 * Chooses an engine without loading tfjs. `auto` is tensorflow where its package is installed and loads, else wasm. An engine asked
 * for by name is taken as it is; whether it works shows when it starts. Throws `UserError` unknown-engine.
 * @param notes folder in which it is remembered whether the package loads
 */
export function findEngine(wanted: string, notes: string): FoundEngine {
  if (wanted !== 'auto') {
    const engine = ENGINES[checkEngineName(wanted)];
    return { name: engine.name, detail: `asked for by name: ${engine.summary}` };
  }
  const installed = findTensorflow();
  if (!installed) {
    return { name: 'wasm', detail: 'neither tfjs-node-gpu nor tfjs-node is installed with its native binding' };
  }
  const problem = whyNotLoading(installed, notes);
  return problem === undefined
    ? { name: 'tensorflow', detail: `${installed} is installed and loads` }
    : { name: 'wasm', detail: `${installed} is installed but does not load: ${problem}` };
}

/** Loads an engine and makes its backend the one in use. Throws `UserError` engine-unavailable when it does not load. */
export async function startEngine(name: EngineName): Promise<Tf> {
  const tf = await ENGINES[checkEngineName(name)].start();
  // Or tfjs prints an advertisement for tfjs-node; production mode changes nothing but its messages.
  tf.enableProdMode();
  // For its side effect: tfjs-core's package for Node holds no gradients, they are registered by the whole of tfjs.
  await import('@tensorflow/tfjs');
  return tf;
}

function checkEngineName(name: string): EngineName {
  const known = ENGINE_NAMES.find(candidate => candidate === name);
  if (known) return known;
  throw new UserError(`Choose an engine: "${name}" is not one; choose auto, ${ENGINE_NAMES.join(', ')}`, {
    code: 'unknown-engine',
    exit: EXIT.usage,
  });
}
