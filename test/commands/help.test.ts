import { describe, expect, test } from '@jest/globals';
import { runCommandLine } from '../../src/commands/command-line';
import { EXIT } from '../../src/errors';
import { recordingEffects } from '../helpers/effects';

async function help(...args: readonly string[]): Promise<string> {
  const { effects, out } = recordingEffects();
  expect(await runCommandLine([...args, '--help'], effects)).toBe(0);
  return out();
}

describe('pipeline --help', () => {
  test('names every exit code that there is', async () => {
    const [, codes = ''] = (await help()).split('Exit codes:');
    for (const code of Object.values(EXIT)) expect(codes).toMatch(new RegExp(`(^|[ ,\n])${code} [a-zA-Z]`));
  });

  test('lists commands whose help has an example each', async () => {
    const [, list = ''] = (await help()).split('Commands:\n');
    const names = [...list.matchAll(/^ {2}([a-z]+)(?= )/gm)].map(match => match[1]!).filter(name => name !== 'help');
    expect(names).toEqual(expect.arrayContaining(['run', 'explain', 'accept', 'gc', 'completion', 'doctor']));
    for (const name of names) {
      // As somebody would type it: beginning with the command itself, or making use of what it prints.
      expect([name, await help(name)]).toEqual([
        name,
        expect.stringMatching(`Example:\n(  \\$ .*\n?)*.*pipeline ${name}`),
      ]);
    }
  });
});
