import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeUtil from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { findEngine, startEngine, type EngineName } from '../../src/engines';
import { whyNotLoading } from '../../src/engines/probe';
import { findTensorflow, startTensorflow } from '../../src/engines/tensorflow';

/** Packages that npm installed: with or without the native binding that their install script fetches. */
function installed(packages: Readonly<Record<string, 'whole' | 'without binding'>>): (request: string) => string {
  const root = mkdtempSync(join(tmpdir(), 'fairdistill-engines-'));
  for (const [name, state] of Object.entries(packages)) {
    mkdirSync(join(root, name, 'lib', 'napi-v8'), { recursive: true });
    if (state === 'whole') writeFileSync(join(root, name, 'lib', 'napi-v8', 'tfjs_binding.node'), '');
  }
  return request => {
    const name = request.slice(0, -'/package.json'.length);
    if (!(name in packages)) throw new Error(`Cannot find module '${request}'`);
    return join(root, request);
  };
}

describe('findTensorflow()', () => {
  test('takes a package only with its native binding, the one for a GPU first', () => {
    const [gpu, cpu] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
    expect(findTensorflow(installed({}))).toBeUndefined();
    expect(findTensorflow(installed({ [gpu]: 'without binding' }))).toBeUndefined();
    expect(findTensorflow(installed({ [cpu]: 'whole' }))).toBe(cpu);
    expect(findTensorflow(installed({ [gpu]: 'without binding', [cpu]: 'whole' }))).toBe(cpu);
    expect(findTensorflow(installed({ [gpu]: 'whole', [cpu]: 'whole' }))).toBe(gpu);
  });
});

describe('findEngine()', () => {
  const notes = mkdtempSync(join(tmpdir(), 'fairdistill-notes-'));

  test('auto takes wasm where tensorflow is not installed or does not load, and says why', () => {
    const found = findEngine('auto', notes);
    expect(found.detail).toContain('tfjs-node');
    if (found.name === 'tensorflow') expect(found.detail).toMatch(/is installed and loads$/);
    else expect(found.detail).toMatch(/does not load: |^neither /);
  });

  test.each(['tensorflow', 'wasm', 'cpu'])('takes %s by its name', name => {
    expect(findEngine(name, notes)).toMatchObject({ name });
  });

  test.each(['', 'gpu', 'WASM', 'toString', 'auto '])('refuses "%s" as a mistake on the command line', name => {
    expect(() => findEngine(name, notes)).toThrow(expect.objectContaining({ code: 'unknown-engine', exit: 2 }));
  });
});

describe('whyNotLoading()', () => {
  test('is undefined for a package that loads, and remembers what it found', () => {
    const notes = mkdtempSync(join(tmpdir(), 'fairdistill-notes-'));
    expect(whyNotLoading('rxjs', notes)).toBeUndefined();
    const note = join(notes, 'engine-probe.json');
    writeFileSync(note, readFileSync(note, 'utf8').replace('null', '"a note, not a new try"'));
    expect(whyNotLoading('rxjs', notes)).toBe('a note, not a new try');
  });

  test('says what a package that does not load said', () => {
    const notes = mkdtempSync(join(tmpdir(), 'fairdistill-notes-'));
    // Types only: there is nothing to require.
    expect(whyNotLoading('@types/node', notes)).toMatch(/^Error: Cannot find module/);
  });
});

describe('startEngine()', () => {
  test.each<EngineName>(['wasm', 'cpu'])('%s computes, started twice as once', async name => {
    const [tf, again] = [await startEngine(name), await startEngine(name)];
    expect(again).toBe(tf);
    expect(tf.getBackend()).toBe(name);
    expect([...tf.tidy(() => tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.ones([2, 1]))).dataSync()]).toEqual([
      3, 7,
    ]);
  });

  test('changes the engine in use', async () => {
    await startEngine('wasm');
    expect((await startEngine('cpu')).getBackend()).toBe('cpu');
    expect((await startEngine('wasm')).getBackend()).toBe('wasm');
  });

  test('refuses a name that is none', async () => {
    await expect(startEngine('gpu' as EngineName)).rejects.toMatchObject({ code: 'unknown-engine' });
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
        'Start engine tensorflow: neither package loads (@tensorflow/tfjs-node-gpu: libtensorflow.so.2 of @tensorflow/tfjs-node-gpu ' +
        'is missing; @tensorflow/tfjs-node: libtensorflow.so.2 of @tensorflow/tfjs-node is missing); install one ' +
        '(npm install --no-save @tensorflow/tfjs-node) or choose the engine wasm',
    });
  });

  test('refuses a package that loads and brings no backend', async () => {
    await expect(startTensorflow(() => ({}))).rejects.toMatchObject({ code: 'engine-unavailable' });
  });

  test('lets TensorFlow take GPU memory as it needs it, and mends what Node 23 removed, before loading', async () => {
    const util = nodeUtil as unknown as Record<string, unknown>;
    const seen: unknown[] = [];
    delete process.env['TF_FORCE_GPU_ALLOW_GROWTH'];
    await startTensorflow(() => {
      seen.push(process.env['TF_FORCE_GPU_ALLOW_GROWTH'], typeof util['isNullOrUndefined'], typeof util['isArray']);
      throw new Error('no');
    }).catch(() => undefined);
    expect(seen.slice(0, 3)).toEqual(['true', 'function', 'function']);
  });
});
