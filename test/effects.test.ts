import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

test('processEffects() says so when the working directory no longer exists', () => {
  const register = join(__dirname, 'helpers', 'register-typescript.js');
  const program = `const { processEffects } = require('${join(__dirname, '..', 'src', 'effects.ts')}');
    const folder = require('node:fs').mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'fairdistill-'));
    process.chdir(folder);
    require('node:fs').rmdirSync(folder);
    try { processEffects(); } catch (error) { process.stdout.write(JSON.stringify([error.code, error.exit, error.message])); }`;
  const told: unknown = JSON.parse(
    execFileSync(process.execPath, ['-r', register, '-e', program], { encoding: 'utf8' }),
  );
  expect(told).toEqual(['no-working-folder', 2, expect.stringContaining('working directory no longer exists')]);
});
