import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { codeOf, readStageCode, type StageCode } from '../../../src/workflow/keys/stage-code';
import { temporaryFolder } from '../../helpers/temporary-folder';

const CODE: StageCode = {
  stages: {
    paint: { modules: { 'stages/paint': '1', 'src/errors': '2' }, packages: ['sharp', 'ajv'] },
    train: { modules: { 'stages/train': '3', 'src/errors': '2' }, packages: [] },
  },
  engines: {
    fast: { modules: { 'src/engines/fast': '4', 'src/errors': '2' }, packages: ['dawn', 'ajv'], native: '5' },
  },
  texts: { 'stages/paint': 'a' },
};

describe('codeOf()', () => {
  test('is that of the stage, and with an engine that of both', () => {
    expect(codeOf(CODE, 'paint')).toEqual(CODE.stages['paint']);
    expect(codeOf(CODE, 'paint', 'fast')).toEqual({
      modules: { 'stages/paint': '1', 'src/errors': '2', 'src/engines/fast': '4', native: '5' },
      packages: ['ajv', 'dawn', 'sharp'],
    });
  });

  test('is one object for the same stage and engine', () => {
    expect(codeOf(CODE, 'train', 'fast')).toBe(codeOf(CODE, 'train', 'fast'));
    expect(codeOf(CODE, 'train', 'fast')).not.toBe(codeOf(CODE, 'train'));
    expect(codeOf({ ...CODE, engines: {} }, 'train')).toEqual(codeOf(CODE, 'train'));
  });

  test.each([
    ['sing', undefined],
    ['toString', undefined],
    ['paint', 'slow'],
  ])('refuses %s on %s, which the build does not know', (stage, engine) => {
    expect(() => codeOf(CODE, stage, engine)).toThrow(expect.objectContaining({ code: 'stage-code', exit: 3 }));
  });
});

describe('readStageCode()', () => {
  test('gives what was written', async () => {
    const path = join(await temporaryFolder(), 'stage-code.json');
    await writeFile(path, JSON.stringify(CODE));
    expect(readStageCode(path)).toEqual(CODE);
  });

  test.each([
    ['', ''],
    ['a part', JSON.stringify(CODE).slice(0, 100)],
    ['null', 'null'],
    ['no engines', '{"stages": {}}'],
    ['no texts', '{"stages": {}, "engines": {}}'],
    ['a text that is none', '{"stages": {}, "engines": {}, "texts": {"a": 1}}'],
    ['a list', '{"stages": [], "engines": {}, "texts": {}}'],
    ['a stage without modules', '{"stages": {"paint": {"packages": []}}, "engines": {}, "texts": {}}'],
    [
      'a digest that is none',
      '{"stages": {"paint": {"modules": {"a": 1}, "packages": []}}, "engines": {}, "texts": {}}',
    ],
    [
      'pictures without modules',
      '{"stages": {"paint": {"modules": {}, "packages": [], "pictures": {}}}, "engines": {}, "texts": {}}',
    ],
    ['a package that is none', '{"stages": {}, "engines": {"fast": {"modules": {}, "packages": [null]}}, "texts": {}}'],
    [
      'a digest of native sources that is none',
      '{"stages": {}, "engines": {"fast": {"modules": {}, "packages": [], "native": 1}}, "texts": {}}',
    ],
  ])('refuses a file with %s', async (_, text) => {
    const path = join(await temporaryFolder(), 'stage-code.json');
    await writeFile(path, text);
    expect(() => readStageCode(path)).toThrow(expect.objectContaining({ code: 'stage-code', exit: 3 }));
  });

  test('says what to do when there is none, or a folder in its place', async () => {
    const path = join(await temporaryFolder(), 'stage-code.json');
    expect(() => readStageCode(path)).toThrow(/ENOENT.*run `npm run build`/);
    await mkdir(path);
    expect(() => readStageCode(path)).toThrow(/EISDIR/);
  });
});
