import { beforeAll, describe, expect, test } from '@jest/globals';
import { READ_OPTIONS } from '../../../stages/read-faces/options';
import { readFaces } from '../../../stages/read-faces';
import { namedMembers } from '../../../src/workflow/keys/named-members';
import { settledOptions } from '../../../src/workflow/keys/settled-options';
import { codeOf } from '../../../src/workflow/keys/stage-code';
import type { StageInput } from '../../../src/stage';
import { put, READING, temporaryFolder } from '../../helpers/photo-folder';
import { describeRepository } from '../../tools/compiled';
import { EXAMPLES } from './examples';

const LIST = 'src/datasets/layouts/index.ts';
const CODE = describeRepository();
const toy = (text: string): string =>
  text
    .replace('import { bupt }', "import { toy } from './toy'; import { bupt }")
    .replace("'layouts', {", "'layouts', { toy,");
const MORE = describeRepository(
  {},
  {
    [LIST]: toy,
    'src/datasets/layouts/toy.ts': () => `export const toy = { summary: 'a toy' };`,
  },
);

const roots: Record<string, string> = {};
beforeAll(async () => {
  for (const [name, { files }] of Object.entries(EXAMPLES)) {
    roots[name] = await temporaryFolder(name);
    for (const [path, content] of Object.entries(files)) await put(roots[name], path, content);
  }
});

const connected = (folder: string): Record<string, StageInput[]> => ({ folder: [{ stage: 's', folder, digest: '' }] });
const settle = (name: string, format: string, isConnected = false) => {
  const options = { ...READING, split: EXAMPLES[name]!.split, format };
  const root = roots[name]!;
  return isConnected
    ? settledOptions(readFaces, options, connected(root))
    : settledOptions(readFaces, { ...options, folder: root }, {});
};
const modulesIn = (code: typeof CODE, options: Readonly<Record<string, unknown>>) =>
  codeOf(code, 'read-faces', namedMembers(READ_OPTIONS, options)).modules;

describe('the key of read-faces', () => {
  test.each([
    ['a stated layout', 'rfw', 'rfw', false],
    ['one that is found in a folder', 'rfw', 'auto', false],
    ['one that is found in an artifact', 'rfw', 'auto', true],
    ['another one', 'bupt', 'auto', false],
    ['another one in an artifact', 'bupt', 'auto', true],
  ])('counts %s, and no other', async (_, name, format, isConnected) => {
    const options = await settle(name, format, isConnected);
    expect(options['format']).toBe(name);
    const modules = Object.keys(modulesIn(CODE, options));
    const members = modules.filter(module => /layouts\/(rfw|bupt)$/.test(module));
    expect(members).toEqual([`src/datasets/layouts/${name}`]);
    expect(modulesIn(MORE, options)).toEqual(modulesIn(CODE, options));
  });

  test('changes with the layout that is used, and not with another', async () => {
    const change = (text: string): string => text.replace('images', 'pictures');
    const other = describeRepository({}, { 'src/datasets/layouts/bupt.ts': change });
    const [rfw, bupt] = [await settle('rfw', 'auto'), await settle('bupt', 'auto')];
    expect(modulesIn(other, rfw)).toEqual(modulesIn(CODE, rfw));
    expect(modulesIn(other, bupt)).not.toEqual(modulesIn(CODE, bupt));
  });

  test('counts every layout where none is found, and where the folder cannot be looked at', async () => {
    for (const folder of [await temporaryFolder('empty'), '/dev/null/gone']) {
      const options = await settledOptions(readFaces, { ...READING, folder }, {});
      expect(options['format']).toBe('auto');
      expect(Object.keys(modulesIn(MORE, options))).toEqual(
        expect.arrayContaining(['rfw', 'bupt', 'toy'].map(name => `src/datasets/layouts/${name}`)),
      );
    }
  });
});
