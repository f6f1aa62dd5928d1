import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../src/commands/command-line';
import { recordingEffects } from '../helpers/effects';
import { temporaryFolder } from '../helpers/rig';

let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
});

describe('where nothing was made', () => {
  test.each([['verify'], ['gc'], ['show', 'a/b'], ['log', 'abcd'], ['lineage', 'a/b']])(
    '%s says so, and makes nothing',
    async (...args) => {
      const { effects, err } = recordingEffects({ cwd });
      expect(await runCommandLine(args, effects)).toBe(2);
      expect(err()).toContain(join(cwd, 'artifacts'));
      expect(existsSync(join(cwd, 'artifacts'))).toBe(false);
    },
  );

  test('it is a store once there is one, however empty', async () => {
    await mkdir(join(cwd, 'artifacts', '.store'), { recursive: true });
    await writeFile(join(cwd, 'artifacts', 'README.md'), '');
    expect(await runCommandLine(['verify'], recordingEffects({ cwd }).effects)).toBe(0);
  });
});
