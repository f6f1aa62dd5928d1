import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openPackages } from '../../../src/workflow/keys/installed-packages';
import { systemLibraries } from '../../../src/workflow/keys/system-libraries';
import { sha256Text } from '../../../src/kit/files/sha256';
import { temporaryFolder } from '../../helpers/temporary-folder';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
  await install('sharp', {
    version: '0.35.5',
    dependencies: { long: '^4' },
    optionalDependencies: { libvips: '1', gone: '1' },
  });
  await install('long', { version: '5.0.0' });
  await install('sharp/node_modules/long', { version: '4.0.0' });
  await install('libvips', {
    version: '8.18.0',
    peerDependencies: { long: '*' },
    dependencies: { '@types/long': '1' },
  });
  await install('@types/long', { version: '1.0.0' });
});

const write = async (path: string, text: string): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const install = (path: string, description: object): Promise<void> =>
  write(`node_modules/${path}/package.json`, JSON.stringify(description));
const look = (name = 'sharp', env = {}) => openPackages(join(root, 'dist', 'src'), env)(name);

describe('openPackages()', () => {
  test('tells all that a package needs, nested and optional ones too, and no types', () => {
    expect(look()).toEqual({ sharp: '0.35.5', libvips: '8.18.0', long: '4.0.0 5.0.0' });
    expect(look('gone')).toEqual({});
  });

  test('shows another version of a package that lies inside another', async () => {
    await install('sharp/node_modules/long', { version: '4.0.1' });
    expect(look()['long']).toBe('4.0.1 5.0.0');
  });

  test('ends where packages need each other', async () => {
    await install('long', { version: '5.0.0', dependencies: { sharp: '*' } });
    expect(look()['long']).toBe('4.0.0 5.0.0');
  });

  test('goes on from where the link of an installer leads', async () => {
    await write(
      '.kept/odd/node_modules/odd/package.json',
      JSON.stringify({ version: '1.0.0', dependencies: { long: '1' } }),
    );
    await write('.kept/odd/node_modules/long/package.json', JSON.stringify({ version: '1.2.3' }));
    await symlink(join(root, '.kept/odd/node_modules/odd'), join(root, 'node_modules/odd'));
    expect(look('odd')).toEqual({ odd: '1.0.0', long: '1.2.3' });
  });

  test('takes what was compiled here by its content, with the library of the system that it loads', async () => {
    await write('node_modules/sharp/src/build/Release/sharp-linux-x64.node', 'addon');
    await write('lib/libvips-cpp.so.42', 'one');
    const env = { LD_LIBRARY_PATH: `/nowhere:${join(root, 'lib')}` };
    const before = look('sharp', env);
    expect(before).toMatchObject({
      'sharp (compiled here)': sha256Text('addon'),
      'libvips-cpp.so.42': sha256Text('one'),
    });
    await write('lib/libvips-cpp.so.42', 'two');
    expect(look('sharp', env)).toEqual({ ...before, 'libvips-cpp.so.42': sha256Text('two') });
  });
});

describe('systemLibraries()', () => {
  test('takes the first that a loader would find, and none for a package that brings its own', async () => {
    for (const folder of ['a', 'b']) await write(`${folder}/libvips.so.42`, folder);
    await write('b/libvips.a', 'no library to load');
    const folders = [join(root, 'a'), join(root, 'b')];
    expect(systemLibraries('sharp', {}, folders)).toEqual([['libvips.so.42', sha256Text('a')]]);
    expect(systemLibraries('long', {}, folders)).toEqual([]);
  });
});
