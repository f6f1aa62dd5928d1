import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import util from 'node:util';
import { messageOf, UserError } from '../../../errors';
import type { Engine, EngineOptions, Finding, Tf } from '../engine';
import { installedVersion } from '../installed-version';
import { ONEDNN_VARIABLES, openmpVariables } from '../native-variables';
import { probe, type Outcome } from '../probe';
import { registerTensorflowKernels } from './kernels';

/** In order of preference; both run on a GPU when the libtensorflow under them can. */
export const TENSORFLOW_PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

const FIX = 'npx pipeline doctor --fix tensorflow';
const FIX_GPU = `pip install "tensorflow[and-cuda]" && ${FIX}`;

export const tensorflow: Engine = {
  auto: { gpu: 10, cpu: 40 },
  precisions: ['f32'],
  occupies: 'gpu',
  key: {
    threads: false,
    processor: true,
    caches: true,
    variables: new RegExp(
      `^(${ONEDNN_VARIABLES}|${openmpVariables()}|TF_(?!CPP_|FORCE_GPU_)\\w+|XLA_FLAGS|NVIDIA_TF32_OVERRIDE)$`,
    ),
  },
  find: notes => findTensorflow({ resolve: require.resolve, tryPackage: name => tryPackage(name, notes), hasNvidia }),
  start: options => startTensorflow(createRequire(__filename), options),
};

/** What `findTensorflow` asks of the machine. */
export interface Surroundings {
  /** Path of a file of an installed package; throws when there is none. */
  readonly resolve: (request: string) => string;
  readonly tryPackage: (name: string) => Outcome<Library>;
  /** Whether NVIDIA's driver is loaded. */
  readonly hasNvidia: () => boolean;
}

/** What runs under tfjs-node. */
export interface Library {
  /** Of libtensorflow. */
  readonly version: string;
  readonly gpu: boolean;
}

/** Looks for a package whose native binding is on disk, and tries whether it loads. npm leaves a package out when its download failed. */
export function findTensorflow({ resolve, tryPackage, hasNvidia }: Surroundings): Finding {
  const installed = TENSORFLOW_PACKAGES.flatMap(name => {
    const folder = folderOf(name, resolve);
    return folder === undefined ? [] : [{ title: `${name} ${installedVersion(name, resolve)}`, name, folder }];
  });
  if (installed.length === 0) {
    return { usable: false, found: 'nothing', missing: `neither ${TENSORFLOW_PACKAGES.join(' nor ')}`, enable: FIX };
  }
  const problems: string[] = [];
  for (const { title, name, folder } of installed) {
    if (bindingsOf(folder).length === 0) {
      problems.push(`the native binding of ${name}, which its installation downloads or builds`);
      continue;
    }
    const outcome = tryPackage(name);
    if (outcome.problem === undefined) return describe(title, outcome.found, hasNvidia());
    problems.push(`a binding of ${name} that loads: ${outcome.problem}`);
  }
  return {
    usable: false,
    found: installed.map(({ title }) => title).join(', '),
    missing: problems.join('; '),
    enable: FIX,
  };
}

/** `load` requires a package by name. Throws `UserError` engine-unavailable with what each package said. */
export async function startTensorflow(load: (name: string) => unknown, options: EngineOptions = {}): Promise<Tf> {
  prepareProcess(options);
  const failures: string[] = [];
  for (const name of TENSORFLOW_PACKAGES) {
    try {
      load(name);
      // tfjs-node requires @tensorflow/tfjs, whose exact version of tfjs-core is ours: npm keeps one copy.
      const tf = await import('@tensorflow/tfjs-core');
      if (!(await tf.setBackend('tensorflow'))) throw new Error('its backend did not start');
      await tf.ready();
      registerTensorflowKernels(tf);
      return tf;
    } catch (error) {
      failures.push(`${name}: ${messageOf(error).split('\n')[0]!}`);
    }
  }
  throw new UserError(
    `Start engine tensorflow: neither package loads (${failures.join('; ')}); enable it (${FIX}) or choose another engine: ` +
      '`npx pipeline doctor` lists them',
    { code: 'engine-unavailable' },
  );
}

/** Folder of an installed package. */
export function folderOf(name: string, resolve: (request: string) => string): string | undefined {
  try {
    return dirname(resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

/** One per version of Node-API that it was built for. */
function bindingsOf(folder: string): string[] {
  const library = join(folder, 'lib');
  return (existsSync(library) ? readdirSync(library) : [])
    .map(abi => join(library, abi, 'tfjs_binding.node'))
    .filter(path => existsSync(path));
}

function describe(title: string, { version, gpu }: Library, nvidia: boolean): Finding {
  const found = `${title} on libtensorflow ${version}, ${gpu ? 'on a GPU' : 'on the CPU'}`;
  if (gpu || !nvidia) return { usable: true, gpu, found };
  return { usable: true, gpu, found, missing: 'the GPU: it finds no CUDA libraries that fit', enable: FIX_GPU };
}

function tryPackage(name: string, notes: string): Outcome<Library> {
  const folder = folderOf(name, require.resolve)!;
  const bindings = bindingsOf(folder).map(path => `${path} ${statSync(path).mtimeMs}`);
  const subject = [...bindings, process.env['CUDA_VISIBLE_DEVICES'], process.env['LD_LIBRARY_PATH'], nvidiaDriver()];
  return probe({ name: 'tensorflow', subject: subject.join('\n'), program: programFor(name) }, notes);
}

/** Multiplies once, because a library for other GPUs loads and then finds no kernel. */
function programFor(name: string): string {
  return `
    process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
    process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
    const util = require('node:util');
    util.isNullOrUndefined ??= value => value == null;
    util.isArray ??= Array.isArray;
    require(${JSON.stringify(name)});
    const tf = require('@tensorflow/tfjs-core');
    const [product] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
    if (product !== 11) throw new Error('1 * 3 + 2 * 4 gave ' + product);
    const { binding, isUsingGpuDevice } = tf.backend();
    console.log(JSON.stringify({ version: binding.TF_Version, gpu: isUsingGpuDevice }));`;
}

const NVIDIA_DRIVER = '/proc/driver/nvidia/version';

function hasNvidia(): boolean {
  return existsSync(NVIDIA_DRIVER);
}

function nvidiaDriver(): string {
  return hasNvidia() ? readFileSync(NVIDIA_DRIVER, 'utf8') : '';
}

/** What TensorFlow reads once, when it is loaded. What the user has set stays. */
function prepareProcess({ threads }: EngineOptions): void {
  // By default it takes all of the GPU's memory.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
  // cuDNN's fastest algorithms add in the order in which threads happen to end.
  process.env['TF_CUDNN_DETERMINISTIC'] ??= '1';
  // Errors only: it greets with what processor it sees.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  if (threads !== undefined) process.env['TF_NUM_INTRAOP_THREADS'] ??= String(threads);
  // tfjs-node 4.22 calls these, which Node 23 removed (tfjs#8609).
  const legacy = util as unknown as Record<string, unknown>;
  legacy['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  legacy['isArray'] ??= Array.isArray;
}
