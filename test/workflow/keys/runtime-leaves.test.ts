import { describe, expect, test } from '@jest/globals';
import { programsOf, thisRuntime, type Runtime, type Training } from '../../../src/workflow/keys/runtime-leaves';
import type { CheckedStep } from '../../../src/workflow/configuration/checked-pipeline';
import type { StageCode } from '../../../src/workflow/keys/stage-code';
import type { EngineName } from '../../../src/learning/engines';
import { ALL_ENGINES } from '../../helpers/families';

const CODE: StageCode = {
  stages: {
    paint: { modules: { 'stages/paint': '1' }, packages: ['sharp', 'gone'], lists: {} },
    train: { modules: { 'stages/train': '2' }, packages: ['rxjs'], lists: { engines: 'src/learning/engines/index' } },
  },
  families: {
    engines: {
      onednn: { modules: { 'src/learning/engines/onednn/index': '3' }, packages: ['tfjs'], lists: {}, native: '4' },
      wasm: { modules: { 'src/learning/engines/wasm/index': '5' }, packages: ['tfjs'], lists: {} },
      tensorflow: { modules: { 'src/learning/engines/tensorflow/index': '6' }, packages: ['tfjs'], lists: {} },
    },
  },
  texts: { 'stages/paint': 'p', 'stages/train': 't', 'src/learning/engines/onednn/index': 'o', 'src/other': 'x' },
};

const asked: string[] = [];
const RUNTIME: Runtime = {
  node: '20.11.1',
  platform: 'linux',
  arch: 'x64',
  packages: (name): Record<string, string> => {
    asked.push(name);
    return name === 'gone' ? {} : { [name]: '1.2.3', long: name === 'sharp' ? '4.0.0' : '5.2.0' };
  },
  processor: () => ({ instructions: 'avx2 fma', caches: 'L1 32K, L2 512K' }),
  env: {},
  flags: [],
};

const OPTIONS = { type: 'object', properties: {}, additionalProperties: false };
const paint = { stage: { name: 'paint', options: OPTIONS }, options: {}, resources: {} } as unknown as CheckedStep;
const train = {
  stage: { name: 'train', options: OPTIONS, usesEngine: true },
  options: {},
  resources: {},
} as unknown as CheckedStep;

/** The facts of an engine, with a build that is not this machine's. */
function engineOf(name: EngineName): NonNullable<Training['engine']> {
  const { key } = ALL_ENGINES[name];
  const binary = { module: 'native/build/onednn.node', digest: 'bb' };
  return { name, facts: { ...key, ...(key.build && { build: () => ({ from: 'sha256:b', binary }) }) } };
}

const programs = (engine: EngineName, cores = 4) => programsOf(CODE, { engine: engineOf(engine), cores }, RUNTIME);

describe('programsOf()', () => {
  test('gives a stage that does not train its modules, its packages, Node and the machine', () => {
    expect(programs('onednn')(paint)).toEqual({
      modules: { 'stages/paint': '1', 'node_modules/sharp': '1.2.3', 'node_modules/long': '4.0.0' },
      texts: { 'stages/paint': 'p' },
      runtime: {
        'runtime.node': 20,
        'runtime.platform': 'linux',
        'runtime.arch': 'x64',
        'runtime.libraries.sharp': '1.2.3',
        'runtime.libraries.gone': null,
      },
    });
  });

  test('adds the engine to a stage that trains', () => {
    const { modules, runtime } = programs('wasm')(train);
    const packages = { 'node_modules/rxjs': '1.2.3', 'node_modules/tfjs': '1.2.3', 'node_modules/long': '5.2.0' };
    expect(modules).toEqual({ 'stages/train': '2', 'src/learning/engines/wasm/index': '5', ...packages });
    expect(runtime).toEqual({
      'runtime.node': 20,
      'runtime.platform': 'linux',
      'runtime.arch': 'x64',
      'runtime.libraries.rxjs': '1.2.3',
      'runtime.libraries.tfjs': '1.2.3',
      'runtime.engine': 'wasm',
    });
  });

  test('adds the engine to those that an option names', () => {
    const options = { ...OPTIONS, properties: { check: { type: 'string', family: 'engines', description: '' } } };
    const step = { ...train, stage: { ...train.stage, options }, options: { check: 'wasm' } } as unknown as CheckedStep;
    const names = Object.keys(programs('onednn')(step).modules);
    expect(names).toContain('src/learning/engines/wasm/index');
    expect(names).toContain('src/learning/engines/onednn/index');
  });

  test('adds build, threads and processor on onednn', () => {
    const { modules, runtime, texts } = programs('onednn')(train);
    expect(modules).toMatchObject({ native: '4' });
    expect(runtime).toMatchObject({ 'runtime.engine.build': 'sha256:b', 'runtime.threads': 4 });
    expect(runtime).toMatchObject({ 'runtime.instructions': 'avx2 fma', 'runtime.caches': 'L1 32K, L2 512K' });
    expect(texts).toEqual({
      'stages/train': 't',
      'src/learning/engines/onednn/index': 'o',
      'native/build/onednn.node': 'bb',
    });
    expect(programs('onednn', 8)(train).runtime).toEqual({ ...runtime, 'runtime.threads': 8 });
    // What the step declares counts more than what the machine has.
    expect(programs('onednn')({ ...train, resources: { cpu: 3 } }).runtime).toMatchObject({ 'runtime.threads': 3 });
  });

  test('adds the instruction set where onnxruntime chooses by it, and every version of a package that is needed in several', () => {
    const embed = { modules: {}, packages: ['onnxruntime-node', 'sharp'], lists: {} };
    const code = { ...CODE, stages: { embed } };
    const step = { ...paint, stage: { ...paint.stage, name: 'embed' } };
    const { runtime, modules } = programsOf(code, { cores: 4 }, RUNTIME)(step);
    expect(runtime).toMatchObject({ 'runtime.instructions': 'avx2 fma' });
    expect(runtime).not.toHaveProperty('runtime.caches');
    expect(modules).toMatchObject({ 'node_modules/long': '4.0.0 5.2.0' });
  });

  test('adds variables that make the engine round in other ways, whoever set them', () => {
    const env = {
      ONEDNN_MAX_CPU_ISA: 'AVX2',
      DNNL_DEFAULT_FPMATH_MODE: 'BF16',
      DNNL_VERBOSE: '1',
      OMP_THREAD_LIMIT: '1',
      OMP_DYNAMIC: 'true',
      OMP_NUM_THREADS: '3',
      KMP_DETERMINISTIC_REDUCTION: '1',
      OMP_PROC_BIND: 'close',
      KMP_BLOCKTIME: '0',
      TF_CPP_MIN_LOG_LEVEL: '2',
    };
    const of = (engine: EngineName, step: CheckedStep, runtime = RUNTIME) =>
      programsOf(CODE, { engine: engineOf(engine), cores: 4 }, runtime)(step).runtime;
    expect(of('onednn', train, { ...RUNTIME, env })).toEqual({
      ...of('onednn', train),
      'runtime.variables.ONEDNN_MAX_CPU_ISA': 'AVX2',
      'runtime.variables.DNNL_DEFAULT_FPMATH_MODE': 'BF16',
      'runtime.variables.OMP_THREAD_LIMIT': '1',
      'runtime.variables.KMP_DETERMINISTIC_REDUCTION': '1',
    });
    expect(of('wasm', train, { ...RUNTIME, env })).toEqual(of('wasm', train));
    expect(of('onednn', paint, { ...RUNTIME, env })).toEqual(of('onednn', paint));
    const more = { ...RUNTIME, env: { ...env, NVIDIA_TF32_OVERRIDE: '0', TF_ENABLE_ONEDNN_OPTS: '0' } };
    const { runtime } = programsOf(CODE, { engine: engineOf('tensorflow'), cores: 4 }, more)(train);
    expect(Object.keys(runtime).filter(name => name.startsWith('runtime.variables'))).toHaveLength(8);
  });

  test('adds what brings other code into any stage, and no variable that only says where libraries lie', () => {
    const loaders = {
      LD_PRELOAD: '/lib/other-libm.so',
      LD_AUDIT: '/lib/audit.so',
      DYLD_INSERT_LIBRARIES: '/lib/other.dylib',
      NODE_PATH: '/modules',
    };
    const harmless = {
      LD_LIBRARY_PATH: '/lib',
      LD_DEBUG: 'libs',
      NODE_DEBUG: 'fs',
      NODE_V8_COVERAGE: '/c',
      LD_BIND_NOW: '1',
    };
    const env = { ...loaders, ...harmless, DYLD_IMAGE_SUFFIX: '' };
    for (const [engine, step] of [
      ['onednn', train],
      ['wasm', train],
      ['wasm', paint],
    ] as const) {
      const of = (runtime: Runtime) => programsOf(CODE, { engine: engineOf(engine), cores: 4 }, runtime)(step).runtime;
      const added = Object.fromEntries(
        Object.entries(loaders).map(([name, path]) => [`runtime.variables.${name}`, path]),
      );
      expect(of({ ...RUNTIME, env })).toEqual({ ...of(RUNTIME), ...added });
    }
  });

  test('adds flags of Node that can change a result, from NODE_OPTIONS and from the command line', () => {
    const of = (options: string, flags: readonly string[] = []) =>
      programsOf(
        CODE,
        { engine: engineOf('wasm'), cores: 4 },
        { ...RUNTIME, env: { NODE_OPTIONS: options }, flags },
      )(paint).runtime;
    const plain = programs('wasm')(paint).runtime;
    expect(of('--max-old-space-size=8192  --max_semi_space_size=64 --no-warnings --trace-warnings')).toEqual(plain);
    expect(of('', ['--enable-source-maps', '--stack-trace-limit=50', '--inspect-brk=0'])).toEqual(plain);
    expect(of('--no-warnings --require ./patch.js --max-old-space-size=1')).toEqual({
      ...plain,
      'runtime.variables.NODE_OPTIONS': '--require ./patch.js',
    });
    expect(of('', ['-r', './patch.js', '--no-deprecation'])).toEqual({ ...plain, 'runtime.flags': '-r ./patch.js' });
  });

  test('tells pictures by the digest of their own modules and packages, which are no part of the key', () => {
    const part = (colour: string) => ({
      modules: { 'stages/paint/pictures': '9', 'src/palette': colour },
      packages: ['sharp'],
      lists: {},
    });
    const of = (colour: string, version = '1.2.3') => {
      const code: StageCode = {
        ...CODE,
        stages: { ...CODE.stages, paint: { ...CODE.stages['paint']!, pictures: part(colour) } },
        texts: { ...CODE.texts, 'src/palette': 'c' },
      };
      const stage = { ...paint.stage, pictures: () => Promise.reject(new Error('not drawn')) };
      const runtime = { ...RUNTIME, packages: (): Record<string, string> => ({ sharp: version }) };
      return programsOf(code, { cores: 1 }, runtime)({ ...paint, stage });
    };
    const { pictures, ...others } = of('red');
    const blue = of('blue');
    expect(pictures).toEqual({ digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/), texts: { 'src/palette': 'c' } });
    expect({ ...blue, pictures }).toEqual({ ...others, pictures });
    expect(blue.pictures!.digest).not.toBe(pictures!.digest);
    expect(of('red', '1.2.4').pictures!.digest).not.toBe(pictures!.digest);
    expect(of('red').pictures!.digest).toBe(pictures!.digest);
    expect(programs('onednn')(paint)).not.toHaveProperty('pictures');
  });

  test('refuses pictures that the build does not know', () => {
    const stage = { ...paint.stage, pictures: () => Promise.reject(new Error('not drawn')) };
    expect(() => programs('onednn')({ ...paint, stage })).toThrow(
      expect.objectContaining({ code: 'stage-code', message: expect.stringContaining('the pictures of paint') }),
    );
  });

  test('looks nothing up twice', () => {
    const program = programs('onednn');
    const first = [program(paint), program(train)];
    asked.length = 0;
    const [other, another] = [paint, train].map(step => ({ ...step, id: 'other' }));
    expect(program(other!)).toBe(first[0]);
    expect(program(another!)).toBe(first[1]);
    expect(asked).toEqual([]);
  });
});

describe('thisRuntime()', () => {
  test('reads installed versions, and none for what is not installed', () => {
    const { node, packages, processor } = thisRuntime({});
    expect(process.version).toBe(`v${node}`);
    expect(packages('sharp')['sharp']).toMatch(/^\d+\.\d+\.\d+/);
    expect(packages('@tensorflow/tfjs')['@tensorflow/tfjs-core']).toBe('4.22.0');
    expect(packages('no-such-package')).toEqual({});
    expect(processor().instructions).not.toBe('');
  });
});
