import { EXIT, UserError } from '../../errors';
import { cpu } from './cpu';
import {
  ENGINE_NAMES,
  type Engine,
  type EngineName,
  type EngineOptions,
  type Finding,
  type Precision,
  type Tf,
} from './engine';
import { onednn } from './onednn';
import { tensorflow } from './tensorflow';
import { wasm } from './wasm';
import { webgpu } from './webgpu';

export {
  ENGINE_NAMES,
  THREADS_MATTER,
  type EngineName,
  type EngineOptions,
  type Finding,
  type Precision,
  type Tf,
} from './engine';

const ENGINES: Readonly<Record<EngineName, Engine>> = { tensorflow, webgpu, onednn, wasm, cpu };

/** GPUs first, then the engines of the CPU by how fast they train. `cpu` is for comparing only. */
const AUTO: readonly { readonly name: EngineName; readonly onGpu?: true }[] = [
  { name: 'tensorflow', onGpu: true },
  { name: 'webgpu', onGpu: true },
  { name: 'onednn' },
  { name: 'tensorflow' },
  { name: 'wasm' },
];

/** The others compute in float32 whatever they are told. */
const KNOW_BF16: readonly EngineName[] = ['onednn'];

/** What `findEngine` chose; `detail` is one sentence that says why. */
export interface FoundEngine {
  readonly name: EngineName;
  readonly detail: string;
}

/** An engine and what this machine has for it. */
export interface EngineReport extends Finding {
  readonly name: EngineName;
  readonly summary: string;
}

/**
 * Chooses an engine without loading tfjs. `auto` is the first that this machine has of: tensorflow on a GPU, webgpu on a GPU, onednn,
 * tensorflow on the CPU, wasm. An engine asked for by name is taken as it is; whether it works shows when it starts.
 * Throws `UserError` unknown-engine, and precision-unavailable where no such engine knows the precision.
 * @param notes folder in which it is remembered what takes seconds to find out
 */
export function findEngine(wanted: string, notes: string, precision: Precision = 'f32'): FoundEngine {
  if (wanted === 'auto') return chooseEngine(name => ENGINES[name].find(notes), precision);
  const { name, summary } = engineCalled(wanted);
  refusePrecision(name, precision);
  return { name, detail: `asked for by name: ${summary}` };
}

/** What the machine has for every engine, in the order in which they are listed to people. */
export function surveyEngines(notes: string): EngineReport[] {
  return ENGINE_NAMES.map(name => ({ name, summary: ENGINES[name].summary, ...ENGINES[name].find(notes) }));
}

/** What `auto` is. Looks no further than it must. Throws `UserError` precision-unavailable. */
export function chooseEngine(find: (name: EngineName) => Finding, precision: Precision): FoundEngine {
  const known = new Map<EngineName, Finding>();
  const passed = new Set<string>();
  for (const { name, onGpu } of AUTO) {
    if (precision === 'bf16' && !KNOW_BF16.includes(name)) continue;
    const finding = known.get(name) ?? find(name);
    known.set(name, finding);
    if (finding.usable && (onGpu !== true || finding.gpu === true)) {
      return { name, detail: [finding.found, ...passed].join('; ') };
    }
    passed.add(finding.usable ? `${name} finds no GPU` : `${name} is not usable`);
  }
  throw new UserError(
    `Choose an engine: for precision ${precision}, found that ${[...passed].join('; ')}; ` +
      'enable one (`npx pipeline doctor` says how) or choose another precision',
    { code: 'precision-unavailable', exit: EXIT.configuration },
  );
}

/**
 * Loads an engine and makes its backend the one in use. Throws `UserError` engine-unavailable when it does not load, and
 * precision-unavailable when it does not know the precision.
 */
export async function startEngine(name: EngineName, options: EngineOptions = {}): Promise<Tf> {
  const engine = engineCalled(name);
  refusePrecision(name, options.precision);
  const tf = await engine.start(options);
  // Or tfjs prints an advertisement for tfjs-node; production mode changes nothing but its messages.
  tf.enableProdMode();
  // For its side effect: tfjs-core's package for Node holds no gradients, they are registered by the whole of tfjs.
  await import('@tensorflow/tfjs');
  return tf;
}

function refusePrecision(name: EngineName, precision: Precision = 'f32'): void {
  if (precision === 'f32' || KNOW_BF16.includes(name)) return;
  throw new UserError(
    `Train in precision ${precision}: the engine ${name} knows f32 only; ` +
      `set \`precision: f32\` in the stage, or choose the engine ${KNOW_BF16.join(', ')}`,
    { code: 'precision-unavailable', exit: EXIT.configuration },
  );
}

function engineCalled(name: string): Engine {
  const known = ENGINE_NAMES.find(candidate => candidate === name);
  if (known) return ENGINES[known];
  throw new UserError(`Choose an engine: "${name}" is not one; choose auto, ${ENGINE_NAMES.join(', ')}`, {
    code: 'unknown-engine',
    exit: EXIT.usage,
  });
}
