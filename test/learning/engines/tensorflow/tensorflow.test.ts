import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeUtil from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { findTensorflow, startTensorflow, type Surroundings } from '../../../../src/learning/engines/tensorflow/index';

const [GPU, CPU] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** Packages that npm installed, with what happens when they are tried; without, they have no native binding. */
function machine(
  packages: Readonly<Record<string, ReturnType<Surroundings['tryPackage']> | undefined>>,
  nvidia = false,
): Surroundings {
  const root = mkdtempSync(join(tmpdir(), 'fairdistill-engines-'));
  for (const [name, outcome] of Object.entries(packages)) {
    mkdirSync(join(root, name, 'lib', 'napi-v8'), { recursive: true });
    writeFileSync(join(root, name, 'package.json'), '{"version": "4.22.0"}');
    if (outcome) writeFileSync(join(root, name, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
  }
  return {
    resolve: request => {
      if (!(request.slice(0, -'/package.json'.length) in packages)) throw new Error(`Cannot find module '${request}'`);
      return join(root, request);
    },
    tryPackage: name => packages[name]!,
    hasNvidia: () => nvidia,
  };
}

const ON_CPU = { found: { version: '2.21.0', gpu: false } };
const ON_GPU = { found: { version: '2.21.0', gpu: true } };

describe('findTensorflow()', () => {
  test('names the packages where neither is installed, and how to get one', () => {
    expect(findTensorflow(machine({}))).toEqual({
      usable: false,
      found: 'nothing',
      missing: `neither ${GPU} nor ${CPU}`,
      enable: 'npx pipeline doctor --fix tensorflow',
    });
  });

  test('does not try a package without its native binding', () => {
    expect(findTensorflow(machine({ [GPU]: undefined }))).toMatchObject({
      usable: false,
      found: `${GPU} 4.22.0`,
      missing: expect.stringContaining(`the native binding of ${GPU}`),
    });
  });

  test('takes the first package that loads', () => {
    expect(findTensorflow(machine({ [GPU]: ON_GPU, [CPU]: ON_CPU }))).toEqual({
      usable: true,
      gpu: true,
      found: `${GPU} 4.22.0 on libtensorflow 2.21.0, on a GPU`,
    });
    for (const other of [undefined, { problem: 'Error: no CUDA' }]) {
      expect(findTensorflow(machine({ [GPU]: other, [CPU]: ON_CPU }))).toEqual({
        usable: true,
        gpu: false,
        found: `${CPU} 4.22.0 on libtensorflow 2.21.0, on the CPU`,
      });
    }
  });

  test('says what every package said where none loads', () => {
    const { usable, missing } = findTensorflow(
      machine({ [GPU]: { problem: 'Error: a' }, [CPU]: { problem: 'SIGILL' } }),
    );
    expect(usable).toBe(false);
    expect(missing).toBe(`a binding of ${GPU} that loads: Error: a; a binding of ${CPU} that loads: SIGILL`);
  });

  test('says how to reach a GPU whose driver is there', () => {
    expect(findTensorflow(machine({ [CPU]: ON_CPU }, true))).toMatchObject({
      usable: true,
      gpu: false,
      missing: expect.stringContaining('CUDA'),
      enable: expect.stringContaining('tensorflow[and-cuda]'),
    });
  });
});

describe('startTensorflow()', () => {
  test('says what each package said when neither loads, and what to do', async () => {
    const load = (name: string): never => {
      throw new Error(`libtensorflow.so.2 of ${name} is missing\nRequire stack: …`);
    };
    await expect(startTensorflow(load)).rejects.toMatchObject({
      code: 'engine-unavailable',
      message:
        `Start engine tensorflow: neither package loads (${GPU}: libtensorflow.so.2 of ${GPU} is missing; ` +
        `${CPU}: libtensorflow.so.2 of ${CPU} is missing); enable it (npx pipeline doctor --fix tensorflow) ` +
        'or choose another engine: `npx pipeline doctor` lists them',
    });
  });

  test('refuses a package that loads and brings no backend', async () => {
    await expect(startTensorflow(() => ({}))).rejects.toMatchObject({ code: 'engine-unavailable' });
  });

  test('prepares memory, threads and what Node 23 removed before it loads', async () => {
    const util = nodeUtil as unknown as Record<string, unknown>;
    const seen: unknown[] = [];
    const { env } = process;
    delete env['TF_FORCE_GPU_ALLOW_GROWTH'];
    delete env['TF_NUM_INTRAOP_THREADS'];
    const load = (): never => {
      seen.push(env['TF_FORCE_GPU_ALLOW_GROWTH'], env['TF_NUM_INTRAOP_THREADS']);
      seen.push(typeof util['isNullOrUndefined'], typeof util['isArray']);
      throw new Error('no');
    };
    await startTensorflow(load, { threads: 3 }).catch(() => undefined);
    expect(seen.slice(0, 4)).toEqual(['true', '3', 'function', 'function']);
  });

  test('leaves what the user has set', async () => {
    process.env['TF_NUM_INTRAOP_THREADS'] = '1';
    await startTensorflow(() => ({}), { threads: 3 }).catch(() => undefined);
    expect(process.env['TF_NUM_INTRAOP_THREADS']).toBe('1');
  });
});
