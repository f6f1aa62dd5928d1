import { describe, expect, test } from '@jest/globals';
import { programsOf, thisRuntime, type Runtime } from '../../src/commands/runtime-leaves';
import type { CheckedStep } from '../../src/configuration/checked-pipeline';
import type { StageCode } from '../../src/pipeline/stage-code';

const CODE: StageCode = {
  stages: {
    paint: { modules: { 'stages/paint': '1' }, packages: ['sharp', 'gone'] },
    train: { modules: { 'stages/train': '2' }, packages: ['rxjs'] },
  },
  engines: {
    onednn: { modules: { 'src/engines/onednn': '3' }, packages: ['tfjs'], native: '4' },
    wasm: { modules: { 'src/engines/wasm': '5' }, packages: ['tfjs'] },
  },
};

const asked: string[] = [];
const RUNTIME: Runtime = {
  node: '20.11.1',
  platform: 'linux',
  arch: 'x64',
  version: name => (asked.push(name), name === 'gone' ? null : '1.2.3'),
  build: engine => (engine === 'onednn' ? 'sha256:b' : undefined),
  env: {},
};

const paint = { stage: { name: 'paint' }, resources: {} } as CheckedStep;
const train = { stage: { name: 'train', usesEngine: true }, resources: {} } as CheckedStep;
const programs = (engine: string, cores = 4) => programsOf(CODE, { engine, cores }, RUNTIME);

describe('programsOf()', () => {
  test('gives a stage that does not train its modules, its packages, Node and the machine', () => {
    expect(programs('onednn')(paint)).toEqual({
      modules: { 'stages/paint': '1' },
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
    expect(modules).toEqual({ 'stages/train': '2', 'src/engines/wasm': '5' });
    expect(runtime).toEqual({
      'runtime.node': 20,
      'runtime.platform': 'linux',
      'runtime.arch': 'x64',
      'runtime.libraries.rxjs': '1.2.3',
      'runtime.libraries.tfjs': '1.2.3',
      'runtime.engine': 'wasm',
    });
  });

  test('adds build and threads on onednn', () => {
    const { modules, runtime } = programs('onednn')(train);
    expect(modules).toMatchObject({ native: '4' });
    expect(runtime).toMatchObject({ 'runtime.engine.build': 'sha256:b', 'runtime.threads': 4 });
    expect(programs('onednn', 8)(train).runtime).toEqual({ ...runtime, 'runtime.threads': 8 });
    // What the step declares counts more than what the machine has.
    expect(programs('onednn')({ ...train, resources: { cpu: 3 } }).runtime).toMatchObject({ 'runtime.threads': 3 });
  });

  test('adds variables that make the engine round in other ways, whoever set them', () => {
    const env = {
      ONEDNN_MAX_CPU_ISA: 'AVX2',
      DNNL_DEFAULT_FPMATH_MODE: 'BF16',
      DNNL_VERBOSE: '1',
      TF_CPP_MIN_LOG_LEVEL: '2',
    };
    const of = (engine: string, step: CheckedStep, runtime = RUNTIME) =>
      programsOf(CODE, { engine, cores: 4 }, runtime)(step).runtime;
    expect(of('onednn', train, { ...RUNTIME, env })).toEqual({
      ...of('onednn', train),
      'runtime.variables.ONEDNN_MAX_CPU_ISA': 'AVX2',
      'runtime.variables.DNNL_DEFAULT_FPMATH_MODE': 'BF16',
    });
    expect(of('wasm', train, { ...RUNTIME, env })).toEqual(of('wasm', train));
    expect(of('onednn', paint, { ...RUNTIME, env })).toEqual(of('onednn', paint));
    const code = { ...CODE, engines: { ...CODE.engines, tensorflow: CODE.engines['wasm']! } };
    const more = { ...RUNTIME, env: { ...env, NVIDIA_TF32_OVERRIDE: '0', TF_ENABLE_ONEDNN_OPTS: '0' } };
    const { runtime } = programsOf(code, { engine: 'tensorflow', cores: 4 }, more)(train);
    expect(Object.keys(runtime).filter(name => name.startsWith('runtime.variables'))).toHaveLength(4);
  });

  test('looks nothing up twice', () => {
    const program = programs('onednn');
    const first = [program(paint), program(train)];
    asked.length = 0;
    expect(program({ ...paint, id: 'other' })).toBe(first[0]);
    expect(program({ ...train, id: 'other' })).toBe(first[1]);
    expect(asked).toEqual([]);
  });
});

describe('thisRuntime()', () => {
  test('reads installed versions, and null for what is not installed', () => {
    const { node, version } = thisRuntime({});
    expect(process.version).toBe(`v${node}`);
    expect(version('sharp')).toMatch(/^\d+\.\d+\.\d+/);
    expect(version('@tensorflow/tfjs-core')).toBe('4.22.0');
    expect(version('no-such-package')).toBeNull();
  });

  test('knows no build of an engine that has none', () => {
    expect(thisRuntime({}).build('wasm')).toBeUndefined();
  });
});
