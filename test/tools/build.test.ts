import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../helpers/temporary-folder';

const REPOSITORY = join(__dirname, '..', '..');

// A checkout whose compiler is a script of ours, so that a build takes no time and counts.
const COMPILER = `
const fs = require('node:fs');
fs.appendFileSync('builds.txt', 'x');
if (fs.readFileSync('src/cli.ts', 'utf8').includes('mistake')) { console.log('cli.ts(1,1): error'); process.exit(2); }
fs.mkdirSync('dist/src', { recursive: true });
fs.copyFileSync('src/cli.ts', 'dist/src/cli.js');
fs.mkdirSync('dist/stages', { recursive: true });
fs.copyFileSync('stages/one.ts', 'dist/stages/one.js');
`;
const NOTHING = 'process.stdout.write("nothing to do\\n");';

describe('bin/pipeline.js', () => {
  let root: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    for (const path of ['bin', 'tools', 'native/tools'])
      await cp(join(REPOSITORY, path), join(root, path), { recursive: true });
    await write('native/build.js', NOTHING);
    await write('tools/digest-stages.js', NOTHING);
    await write('node_modules/typescript/bin/tsc', COMPILER);
    await write('stages/one.ts', '1');
    await write('src/cli.ts', `console.log('ran', process.argv.slice(2).join(' '))`);
    for (const name of ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']) await write(name, '{}');
  });
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  };
  const pipeline = (...args: string[]): Promise<{ code: number | null; out: string; err: string }> =>
    new Promise(resolve => {
      const child = spawn(process.execPath, [join(root, 'bin/pipeline.js'), ...args], { cwd: root });
      let [out, err] = ['', ''];
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('close', code => resolve({ code, out, err }));
    });
  const builds = async (): Promise<number> => (await readFile(join(root, 'builds.txt'), 'utf8')).length;

  test('builds once, says so on the error output, and runs', async () => {
    const first = await pipeline('status', 'x');
    expect(first).toMatchObject({ code: 0, out: 'ran status x\n' });
    expect(first.err).toMatch(
      /^Building fairdistill, once after the installation …\n( {2}.* \(\d+ s\)\n){2}Built in \d+ s\n$/,
    );
    expect(await pipeline('plan')).toEqual({ code: 0, out: 'ran plan\n', err: '' });
    expect(await builds()).toBe(1);
  });

  test('removes what was compiled from a source that is gone, or it would be loaded in place of a folder', async () => {
    await write('dist/stages/two.js', '2');
    await write('dist/src/three/four.js.map', '4');
    await pipeline();
    expect(existsSync(join(root, 'dist/stages/two.js'))).toBe(false);
    expect(existsSync(join(root, 'dist/src/three/four.js.map'))).toBe(false);
    expect(existsSync(join(root, 'dist/stages/one.js'))).toBe(true);
  });

  test('builds again when a source has other content, of any folder; not when it has another time only', async () => {
    await pipeline();
    await utimes(join(root, 'stages/one.ts'), new Date(), new Date(0));
    expect((await pipeline()).err).toBe('');
    expect(await builds()).toBe(1);
    for (const [i, path] of ['stages/one.ts', 'native/tools/new.js', 'package-lock.json'].entries()) {
      await write(path, '22');
      expect((await pipeline()).err).toMatch(/^Building fairdistill: its sources have changed …/);
      expect(await builds()).toBe(2 + i);
    }
  });

  test('builds again when a source was changed and its size and time were kept', async () => {
    const setBack = (): Promise<void> => utimes(join(root, 'stages/one.ts'), new Date(0), new Date(0));
    await setBack();
    await pipeline();
    await write('stages/one.ts', '2');
    await setBack();
    expect((await pipeline()).err).toMatch(/^Building fairdistill: its sources have changed …/);
    expect(await builds()).toBe(2);
  });

  test('eight at once build once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => pipeline('go')));
    expect(all.map(({ code, out }) => [code, out])).toEqual(all.map(() => [0, 'ran go\n']));
    expect(await builds()).toBe(1);
  });

  test('shows what the compiler says and runs nothing old when the build fails', async () => {
    await pipeline();
    await write('src/cli.ts', 'mistake');
    const failed = await pipeline();
    expect(failed).toMatchObject({ code: 1, out: '' });
    expect(failed.err).toContain('cli.ts(1,1): error');
    expect(await pipeline()).toMatchObject({ code: 1, out: '' });
  });

  test('says what to type where TypeScript is not installed', async () => {
    await rm(join(root, 'node_modules'), { recursive: true });
    expect(await pipeline()).toMatchObject({ code: 1, err: expect.stringContaining('type `npm ci`') as unknown });
  });

  test('runs what was built in an installed package, which has no sources, also where nothing may be written', async () => {
    await pipeline();
    for (const path of ['src', 'stages', 'tools', 'native']) await rm(join(root, path), { recursive: true });
    await rm(join(root, 'dist/build.json'));
    await chmod(join(root, 'dist'), 0o555);
    expect(await pipeline('x')).toEqual({ code: 0, out: 'ran x\n', err: '' });
  });

  test('finds its checkout through a link, as npm link makes it', async () => {
    const link = join(await temporaryFolder(), 'pipeline');
    await symlink(join(root, 'bin/pipeline.js'), link);
    const child = spawn(process.execPath, [link, 'linked'], { cwd: await temporaryFolder() });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await new Promise(resolve => child.on('close', resolve));
    expect(out).toBe('ran linked\n');
    expect(existsSync(join(root, 'dist/build.json'))).toBe(true);
  });
});
