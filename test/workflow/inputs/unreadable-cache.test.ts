import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { fingerprint, type Fingerprint } from '../../../src/workflow/inputs/fingerprint';
import type { CacheDamage } from '../../../src/workflow/inputs/stat-cache';
import { asAnotherUser, openToAll } from '../../helpers/as-another-user';
import { temporaryFolder } from '../../helpers/temporary-folder';

let input: string;
let cacheFolder: string;
let damages: CacheDamage[];
/** But for what leads to the input, where the cache lies, too. */
const print = async (): Promise<Omit<Fingerprint, 'way'>> => {
  const {
    path,
    digest,
    files,
    stat: times,
    fresh,
    view,
    inside,
  } = await fingerprint(input, {
    cacheFolder,
    concurrency: 2,
    // Far in the future, so that every file counts as at rest.
    clock: { now: () => Date.now() + 3_600_000, randomName: () => 'r' },
    onDamage: damage => Promise.resolve(damages.push(damage)),
  });
  return { path, digest, files, stat: times, fresh, view, inside };
};

beforeEach(async () => {
  const root = await temporaryFolder();
  [input, cacheFolder, damages] = [join(root, 'input'), join(root, 'cache'), []];
  await mkdir(input);
  await writeFile(join(input, 'a'), 'a');
  openToAll(root);
});

/** As root and umask 077 leave them. */
async function rememberForOneself(mode: number): ReturnType<typeof print> {
  const first = await print();
  for (const name of await readdir(cacheFolder)) await chmod(join(cacheFolder, name), 0);
  await chmod(cacheFolder, mode);
  return first;
}

describe('fingerprint() beside what another user remembers for themselves', () => {
  test('reads the files, tells of it, and remembers them anew where it may', async () => {
    const first = await rememberForOneself(0o777);
    expect(await asAnotherUser(print)).toEqual(first);
    const told = damages.map(({ path, isUnreadable }) => [path.replace(/.*\./, ''), isUnreadable]);
    expect(told).toEqual([
      ['json', true],
      ['files', true],
    ]);
    expect(await asAnotherUser(print)).toEqual(first);
    expect(damages).toHaveLength(2);
  });

  // In the first, only their owner may replace files; in the others, nobody else gets so far.
  test.each([0o1777, 0o755, 0o700])('reads the files in a folder of mode %o, and leaves those there', async mode => {
    const first = await rememberForOneself(mode);
    const names = await readdir(cacheFolder);
    const times = await Promise.all(names.map(async name => (await stat(join(cacheFolder, name))).ctimeMs));
    expect(await asAnotherUser(print)).toEqual(first);
    expect(await readdir(cacheFolder)).toEqual(names);
    expect(await Promise.all(names.map(async name => (await stat(join(cacheFolder, name))).ctimeMs))).toEqual(times);
  });
});
