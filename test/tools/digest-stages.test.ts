import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { codeOf, readStageCode, type StageCode } from '../../src/workflow/keys/stage-code';
import { temporaryFolder } from '../helpers/temporary-folder';
import { REPOSITORY } from './compiled';

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await write('dist/stages/index.js', `require("./paint");`);
  await write('dist/stages/paint.js', `require("../src/near");`);
  await write('dist/src/near.js', `exports.near = 1;`);
  await write('native/a.cc', 'int a;');
});

describe('tools/digest-stages.js', () => {
  test('writes what readStageCode() reads, the same wherever the build lies', async () => {
    expect(digest()).toMatchObject({ status: 0, stderr: '' });
    const path = join(folder, 'dist/stage-code.json');
    expect(Object.keys(codeOf(readStageCode(path), 'paint', {}).modules)).toEqual(['stages/paint', 'src/near']);
    const before = JSON.parse(await readFile(path, 'utf8')) as StageCode;
    folder = await temporaryFolder();
    await write('dist/stages/index.js', `require("./paint");`);
    await write('dist/stages/paint.js', `require("../src/near"); // A comment.`);
    await write('dist/src/near.js', `exports.near = 1;`);
    await write('native/a.cc', 'int a;');
    digest();
    const after = JSON.parse(await readFile(join(folder, 'dist/stage-code.json'), 'utf8')) as StageCode;
    // What must be loaded is told with its comments, what the key holds without.
    const text = createHash('sha256').update(`require("../src/near"); // A comment.`).digest('hex').slice(0, 32);
    expect(after).toEqual({ ...before, texts: { ...before.texts, 'stages/paint': text } });
    expect(Object.keys(before.texts)).toEqual(['src/near', 'stages/index', 'stages/paint']);
    expect((await readdir(join(folder, 'dist'))).sort()).toEqual(['src', 'stage-code.json', 'stages']);
  });

  test('fails and leaves no digests of old code when a module loads what cannot be seen', async () => {
    digest();
    await write('dist/src/near.js', `exports.near = name => require(name);`);
    const { status, stderr } = digest();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^Cannot digest the code of the stages: src\/near\.js loads what only its run can tell/);
    expect(existsSync(join(folder, 'dist/stage-code.json'))).toBe(false);
  });

  test('removes old digests, also where there are none', () => {
    digest();
    expect([digest('--remove').status, digest('--remove').status]).toEqual([0, 0]);
    expect(existsSync(join(folder, 'dist/stage-code.json'))).toBe(false);
  });
});

function digest(...args: string[]) {
  const places = ['--dist', join(folder, 'dist'), '--native', join(folder, 'native')];
  return spawnSync(process.execPath, [join(REPOSITORY, 'tools', 'digest-stages.js'), ...places, ...args], {
    encoding: 'utf8',
  });
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
}
