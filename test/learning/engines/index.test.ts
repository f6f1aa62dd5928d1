import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { chooseEngine, findEngine, surveyEngines } from '../../../src/learning/engines/find-engine';
import { ENGINES, type EngineName } from '../../../src/learning/engines';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { Finding } from '../../../src/learning/engines/engine';
import { ALL_ENGINES } from '../../helpers/families';

const NOTES = mkdtempSync(join(tmpdir(), 'fairdistill-notes-'));
const LACKING: Finding = { usable: false, found: 'nothing', missing: 'all' };

/** A machine on which the engines named are usable, on a GPU or not. */
function machine(engines: Partial<Record<EngineName, 'gpu' | 'cpu'>>): (name: EngineName) => Finding {
  return name => {
    const place = engines[name];
    return place ? { usable: true, gpu: place === 'gpu', found: `${name} on ${place}` } : LACKING;
  };
}

describe('chooseEngine()', () => {
  const all = { tensorflow: 'cpu', webgpu: 'cpu', onednn: 'cpu', wasm: 'cpu', cpu: 'cpu' } as const;

  test.each([
    ['tensorflow on a GPU before everything', { ...all, tensorflow: 'gpu', webgpu: 'gpu' }, 'tensorflow'],
    ['webgpu on a GPU before every CPU', { ...all, webgpu: 'gpu' }, 'webgpu'],
    ['onednn before tensorflow on the CPU', all, 'onednn'],
    ['tensorflow on the CPU before wasm', { tensorflow: 'cpu', wasm: 'cpu', cpu: 'cpu' }, 'tensorflow'],
    ['wasm before an emulated GPU', { webgpu: 'cpu', wasm: 'cpu', cpu: 'cpu' }, 'wasm'],
  ] as const)('takes %s', (_, engines, wanted) => {
    expect(chooseEngine(ALL_ENGINES, machine(engines), 'f32').name).toBe(wanted);
  });

  test('says what it took and why not what comes before', () => {
    expect(chooseEngine(ALL_ENGINES, machine({ tensorflow: 'cpu', wasm: 'cpu' }), 'f32').detail).toBe(
      'tensorflow on cpu; tensorflow finds no GPU; webgpu is not usable; onednn is not usable',
    );
  });

  test('asks no further than it must, and each engine once', () => {
    const asked: EngineName[] = [];
    const find = (name: EngineName): Finding => {
      asked.push(name);
      return machine({ tensorflow: 'cpu' })(name);
    };
    chooseEngine(ALL_ENGINES, find, 'f32');
    expect(asked).toEqual(['tensorflow', 'webgpu', 'onednn']);
  });

  test('takes onednn for bf16 although there is a GPU, and refuses where there is no onednn', () => {
    expect(chooseEngine(ALL_ENGINES, machine({ ...all, tensorflow: 'gpu' }), 'bf16').name).toBe('onednn');
    expect(() => chooseEngine(ALL_ENGINES, machine({ tensorflow: 'gpu', wasm: 'cpu' }), 'bf16')).toThrow(
      expect.objectContaining({ code: 'precision-unavailable', exit: 3 }),
    );
  });
});

describe('findEngine()', () => {
  test('auto takes an engine that the survey calls usable', async () => {
    const { name, detail } = await findEngine('auto', NOTES);
    const report = (await surveyEngines(NOTES)).find(engine => engine.name === name);
    expect(report?.usable).toBe(true);
    expect(detail).toContain(report?.found);
  });

  test.each(ENGINES.names)('takes %s by its name', async name => {
    expect(await findEngine(name, NOTES)).toMatchObject({ name });
  });

  test.each(['', 'gpu', 'WASM', 'toString', 'auto '])('refuses "%s" as a mistake on the command line', async name => {
    await expect(findEngine(name, NOTES)).rejects.toMatchObject({ code: 'unknown-engine', exit: 2 });
  });

  test('refuses bf16 on an engine that does not know it', async () => {
    expect((await findEngine('onednn', NOTES, 'bf16')).name).toBe('onednn');
    await expect(findEngine('wasm', NOTES, 'bf16')).rejects.toMatchObject({ code: 'precision-unavailable' });
  });
});

describe('surveyEngines()', () => {
  test('reports for every engine what there is, and what would enable it where it is not usable', async () => {
    const reports = await surveyEngines(NOTES);
    expect(reports.map(({ name }) => name)).toEqual([...ENGINES.names]);
    for (const { usable, found, missing, enable } of reports) {
      expect(found).not.toBe('');
      if (!usable) expect([missing, enable]).toEqual([expect.any(String), expect.any(String)]);
    }
    expect(reports.filter(({ name }) => name === 'wasm' || name === 'cpu').every(({ usable }) => usable)).toBe(true);
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
    await expect(startEngine('gpu')).rejects.toMatchObject({ code: 'unknown-engine' });
  });

  test('refuses bf16 before it loads an engine that does not know it', async () => {
    await expect(startEngine('cpu', { precision: 'bf16' })).rejects.toMatchObject({
      code: 'precision-unavailable',
      exit: 3,
    });
  });
});
