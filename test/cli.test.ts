import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryFolder } from './helpers/temporary-folder';

const SOURCE = join(__dirname, '..', 'src');

/** Runs `cli.ts` with another command line in it, of which the body of `runCommandLine` is given. */
async function runWith(body: string): Promise<{ stderr: string; status: number | null }> {
  const preload = join(await temporaryFolder(), 'preload.js');
  const id = JSON.stringify(join(SOURCE, 'commands', 'command-line.ts'));
  await writeFile(
    preload,
    `require.cache[${id}] = { id: ${id}, filename: ${id}, loaded: true, exports: { runCommandLine: () => { ${body} } } };`,
  );
  const register = join(__dirname, 'helpers', 'register-typescript.js');
  const args = ['-r', register, '-r', preload, join(SOURCE, 'cli.ts')];
  const { stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { stderr, status };
}

test('the command line ends with the code of its command', async () => {
  expect(await runWith('return Promise.resolve(0)')).toEqual({ stderr: '', status: 0 });
  expect(await runWith('return Promise.resolve(6)')).toEqual({ stderr: '', status: 6 });
});

test('the command line says so, and fails, when nothing is left that its command could wait for', async () => {
  const { stderr, status } = await runWith('return new Promise(() => undefined)');
  expect(status).toBe(1);
  expect(stderr).toContain('ended before its work was done');
});
