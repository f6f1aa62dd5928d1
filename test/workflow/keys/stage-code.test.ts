import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { codeOf, readStageCode, type StageCode } from '../../../src/workflow/keys/stage-code';
import { temporaryFolder } from '../../helpers/temporary-folder';

const CODE: StageCode = {
  stages: {
    paint: { modules: { 'stages/paint': '1', 'src/errors': '2' }, packages: ['sharp', 'ajv'], lists: {} },
    train: {
      modules: { 'stages/train': '3', 'src/errors': '2' },
      packages: [],
      lists: { engines: 'src/engines/index', students: 'src/students/index' },
    },
  },
  families: {
    engines: {
      fast: {
        modules: { 'src/engines/fast': '4', 'src/errors': '2' },
        packages: ['dawn', 'ajv'],
        lists: {},
        native: '5',
      },
      slow: { modules: { 'src/engines/slow': '6' }, packages: [], lists: {} },
    },
    students: {
      tiny: { modules: { 'src/students/tiny': '7' }, packages: [], lists: {} },
      large: { modules: { 'src/students/large': '8' }, packages: [], lists: { blocks: 'src/blocks/index' } },
    },
    blocks: { plain: { modules: { 'src/blocks/plain': '9' }, packages: ['blocks'], lists: {} } },
  },
  texts: { 'stages/paint': 'a', 'src/students/index': 'b', 'src/students/tiny': 'c', 'src/students/large': 'd' },
};

describe('codeOf()', () => {
  test('is that of the stage, and of the members that the step names', () => {
    expect(codeOf(CODE, 'paint', {})).toEqual({
      modules: CODE.stages['paint']!.modules,
      packages: ['ajv', 'sharp'],
      texts: { 'stages/paint': 'a' },
    });
    expect(codeOf(CODE, 'train', { engines: ['fast'], students: ['tiny'] })).toEqual({
      modules: {
        'stages/train': '3',
        'src/errors': '2',
        'src/engines/fast': '4',
        'src/students/tiny': '7',
        native: '5',
      },
      packages: ['ajv', 'dawn'],
      // Also of the list, which counts in no key: what a name means must not change while a stage runs.
      texts: { 'src/students/index': 'b', 'src/students/tiny': 'c' },
    });
  });

  test('forbids the members that a step does not name, where they are loaded alone and no other member needs them', () => {
    const fast = { ...CODE.families['engines']!['fast']!, late: true };
    const slow = { ...CODE.families['engines']!['slow']!, late: true };
    const late: StageCode = { ...CODE, families: { ...CODE.families, engines: { fast, slow } } };
    const textsOf = (code: StageCode) => codeOf(code, 'train', { engines: ['fast'], students: ['tiny'] }).texts;
    expect(textsOf(late)).toEqual({ ...textsOf(CODE), 'src/engines/slow': null });
    const modules = { ...fast.modules, 'src/engines/slow': '6' };
    const needed = { ...late.families, engines: { fast: { ...fast, modules }, slow } };
    expect(textsOf({ ...late, families: needed })).toEqual(textsOf(CODE));
    // Which one is used shows only when it runs.
    expect(Object.values(codeOf(late, 'train', { students: ['tiny'] }).texts)).not.toContain(null);
  });

  test('leaves the steps alone that do not name a member which is new, or another', () => {
    const more: StageCode = {
      ...CODE,
      families: {
        ...CODE.families,
        students: {
          tiny: CODE.families['students']!['tiny']!,
          large: { modules: { 'src/students/large': 'changed' }, packages: ['new'], lists: {} },
          huge: { modules: { 'src/students/huge': 'new' }, packages: [], lists: {} },
        },
      },
    };
    const [tiny, large] = [
      { engines: ['slow'], students: ['tiny'] },
      { engines: ['slow'], students: ['large'] },
    ];
    expect(codeOf(more, 'train', tiny)).toEqual(codeOf(CODE, 'train', tiny));
    expect(codeOf(more, 'paint', {})).toEqual(codeOf(CODE, 'paint', {}));
    expect(codeOf(more, 'train', large)).not.toEqual(codeOf(CODE, 'train', large));
  });

  test('counts every member of a family of which nothing is named, and what a member reaches', () => {
    const { modules, packages } = codeOf(CODE, 'train', { engines: ['slow'] });
    expect(Object.keys(modules).filter(name => !name.startsWith('stages/'))).toEqual([
      'src/errors',
      'src/engines/slow',
      'src/students/tiny',
      'src/students/large',
      'src/blocks/plain',
    ]);
    expect(packages).toEqual(['blocks']);
  });

  test.each([
    ['sing', {}],
    ['toString', {}],
    ['train', { engines: ['slower'] }],
    ['train', { engines: ['toString'] }],
  ])('refuses %s with %j, which the build does not know', (stage, members) => {
    expect(() => codeOf(CODE, stage, members)).toThrow(expect.objectContaining({ code: 'stage-code', exit: 3 }));
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
    ['no families', '{"stages": {}, "texts": {}}'],
    ['no texts', '{"stages": {}, "families": {}}'],
    ['a text that is none', '{"stages": {}, "families": {}, "texts": {"a": 1}}'],
    ['a stage without lists', '{"stages": {"paint": {"modules": {}, "packages": []}}, "families": {}, "texts": {}}'],
    ['a list', '{"stages": [], "families": {}, "texts": {}}'],
    ['a stage without modules', '{"stages": {"paint": {"packages": []}}, "families": {}, "texts": {}}'],
    [
      'a digest that is none',
      '{"stages": {"paint": {"modules": {"a": 1}, "lists": {}, "packages": []}}, "families": {}, "texts": {}}',
    ],
    [
      'a package that is none',
      '{"stages": {}, "families": {"engines": {"fast": {"modules": {}, "lists": {}, "packages": [null]}}}, "texts": {}}',
    ],
    [
      'pictures without modules',
      '{"stages": {"paint": {"modules": {}, "lists": {}, "packages": [], "pictures": {}}}, "families": {}, "texts": {}}',
    ],
    [
      'a digest of native sources that is none',
      '{"stages": {}, "families": {"engines": {"fast": {"modules": {}, "lists": {}, "packages": [], "native": 1}}}, "texts": {}}',
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
