import { copyFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { producerJson, producerText } from '../../../src/commands/log/find-producer';
import { OTHER_KEY } from '../../helpers/artifacts';
import { commitFiles, NOW, shownStore } from '../helpers/shown-store';

describe('producerText()', () => {
  let shown: Awaited<ReturnType<typeof shownStore>>;
  beforeAll(async () => {
    shown = await shownStore({ options: { seed: 7 } });
    const lines = Array.from({ length: 50 }, (_, i) => `line ${i}\u001b`).join('\n');
    await commitFiles(shown.store, OTHER_KEY, { step: 'two' }, async folder => {
      await writeFile(join(folder, 'text/other.txt'), 'other');
      await writeFile(join(folder, 'numbers.json'), '{"a":[1,2],"b":"x"}');
      await writeFile(join(folder, 'log.txt'), lines);
    });
  });
  const find = (argument: string) =>
    producerText(argument, { cwd: shown.root, store: shown.store, actions: shown.actions, now: NOW });

  test('tells of a file in the store what made it, with options, digest and the log', async () => {
    const text = await find('toy/one/data.csv');
    const { sha256 } = shown.made.manifest.files.find(({ path }) => path === 'data.csv')!;
    expect(text).toContain('toy/one\n  made by  say, version 1, in run 20260101-000000-amber-otter\n');
    expect(text).toContain('2026-01-01 00:00 UTC, 1 h ago; it took 1.0 s');
    expect(text).toContain(`    data.csv  29 B  sha256:${sha256}\n`);
    expect(text).toContain('    seed  7\n');
    expect(text).toContain('  log\n    began\n    ended\n');
  });

  test('knows a copy by its content, wherever it lies, and every artifact that holds it', async () => {
    const copy = join(shown.root, 'copy.json');
    copyFileSync(join(shown.made.folder, 'numbers.json'), copy);
    const text = await find('copy.json');
    expect(text).toContain('toy/one\n');
    expect(text).toContain('toy/two\n');
    expect(text).toContain('log, the last 20 of 50 lines\n    line 30\uFFFD\n');
    expect(text.match(/numbers\.json/g)).toHaveLength(2);
  });

  test('finds by the first digits of the digest of a file, an artifact or a key', async () => {
    const { sha256 } = shown.made.manifest.files.find(({ path }) => path === 'red.png')!;
    expect(await find(sha256.slice(0, 10))).toContain('red.png');
    expect(await find(shown.made.action.digest)).toContain('toy/one\n');
    expect(await find(shown.made.action.key)).toContain('toy/one\n');
  });

  test('gives programs the same', async () => {
    const options = { cwd: shown.root, store: shown.store, actions: shown.actions, now: NOW };
    expect(JSON.parse(await producerJson('toy/one/red.png', options))).toMatchObject({
      unreadable: 0,
      artifacts: [
        { object: shown.made.action.object, step: 'one', options: { seed: 7 }, files: [{ path: 'red.png' }] },
      ],
    });
    await expect(producerJson('nothing', options)).rejects.toMatchObject({ code: 'producer-not-found' });
  });

  test.each(['no-such-file', 'abc', 'ffffffffffffffff'])('refuses %s, which nothing holds', async argument => {
    await expect(find(argument)).rejects.toMatchObject({ code: 'producer-not-found', exit: 2 });
  });

  test('refuses a file that nothing has made', async () => {
    writeFileSync(join(shown.root, 'own.txt'), 'own');
    await expect(find('own.txt')).rejects.toMatchObject({
      message: expect.stringContaining('a file with the content of "own.txt"'),
    });
  });
});
