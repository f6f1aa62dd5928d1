/**
 * A process of its own for each engine: `child.ts <bundle> <engine> <result file>`. Starts the engine as the product does, on the
 * copy of tfjs-core that the specs know, runs the specs and writes how each ended.
 */
import { writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import type { EngineName } from '../../src/learning/engines';
import type { Tf } from '../../src/learning/engines/engine';
import { UserError } from '../../src/errors';
import type { Suite } from './bundle';
import type { ChildResult, SpecResult } from './judge';

interface Jasmine {
  getEnv(): {
    configure(options: { random: boolean; forbidDuplicateNames: boolean }): void;
    addReporter(reporter: { specDone(result: JasmineResult): void; suiteDone(result: JasmineResult): void }): void;
    execute(): Promise<{ overallStatus: string; incompleteReason?: string }>;
  };
}

interface JasmineResult {
  readonly fullName: string;
  readonly status: string;
  readonly failedExpectations: readonly { readonly message: string }[];
}

/** Their values are on a device and reach the host later. */
const ASYNCHRONOUS: readonly string[] = ['webgpu'];

/** What the engine itself sets; see src/engines/. */
const FLAGS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = { webgpu: { WEBGPU_CPU_FORWARD: false } };

const load = createRequire(__filename);

async function main([bundle, engine, resultFile]: readonly string[]): Promise<void> {
  const finish = (result: ChildResult): void => writeFileSync(resultFile!, JSON.stringify(result));
  const jasmine = (load('jasmine-core') as { boot(): Jasmine }).boot();
  const suite = load(bundle!) as Suite;
  shareCore(suite.tf);
  const { startEngine } = await import('../../src/learning/engines/start-engine');
  try {
    await startEngine(engine as EngineName);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    finish({ unavailable: error.message });
    return;
  }
  const backendName = suite.tf.getBackend();
  if (backendName !== engine) throw new Error(`the engine ${engine!} has put the backend ${backendName} into use`);
  const isDataSync = !ASYNCHRONOUS.includes(backendName);
  // The specs set the flags anew before each of them.
  suite.setTestEnvs([{ name: `test-${engine}`, backendName, isDataSync, flags: FLAGS[engine] ?? {} }]);
  finish(await runSpecs(jasmine, suite));
}

/**
 * Gives everybody who asks for tfjs-core the copy in the bundle. The packages of the backends are older JavaScript, whose classes
 * call the constructor that they extend as a function: KernelBackend, whose constructor does nothing, becomes one.
 */
function shareCore(core: Tf): void {
  function KernelBackend(): void {
    // Sets nothing, as the original.
  }
  KernelBackend.prototype = core.KernelBackend.prototype;
  const shared = { ...core, KernelBackend, __esModule: true };
  const loader = Module as unknown as { _load(request: string, ...rest: unknown[]): unknown };
  const original = loader._load.bind(loader);
  loader._load = (request, ...rest) => {
    if (request === '@tensorflow/tfjs-core') return shared;
    if (request.startsWith('@tensorflow/tfjs-core/')) throw new Error(`${request} would be a second copy of tfjs-core`);
    return original(request, ...rest);
  };
}

async function runSpecs(jasmine: Jasmine, suite: Suite): Promise<ChildResult> {
  const env = jasmine.getEnv();
  env.configure({ random: false, forbidDuplicateNames: false });
  const specs: SpecResult[] = [];
  const suites: SpecResult[] = [];
  env.addReporter({
    specDone: result => specs.push(resultOf(result)),
    suiteDone: result => {
      if (result.failedExpectations.length > 0) suites.push({ ...resultOf(result), status: 'failed' });
    },
  });
  suite.describeSpecs();
  const { overallStatus, incompleteReason } = await env.execute();
  if (overallStatus === 'incomplete') throw new Error(`jasmine did not run everything: ${incompleteReason ?? '?'}`);
  return { specs: [...specs, ...suites] };
}

function resultOf({ fullName, status, failedExpectations }: JasmineResult): SpecResult {
  return {
    // The environment and its flags are the same for all.
    name: fullName.replace(/ test-[\w-]+ \{.*?\}/, '').trim(),
    status: status as SpecResult['status'],
    why: failedExpectations[0]?.message.split('\n').slice(0, 4).join(' ').slice(0, 300) ?? '',
  };
}

main(process.argv.slice(2)).then(
  // Backends keep the process alive.
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
