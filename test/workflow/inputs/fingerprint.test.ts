import {
  copyFile,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { assertUnchanged, fingerprint } from '../../../src/workflow/inputs/fingerprint';
import type { ListOptions } from '../../../src/workflow/inputs/list-files';
import { createSealedLines } from '../../../src/kit/files/sealed-lines';
import type { CacheDamage } from '../../../src/workflow/inputs/stat-cache';
import { silentForMs } from '../../../src/kit/files/file-times';
import { sealedText } from '../../../src/kit/files/sealed-json';
import { pretendFileSystem, TMPFS } from '../../helpers/file-system';
import { temporaryFolder } from '../../helpers/temporary-folder';

// The object whose members the modules call, which an import would hide behind getters.
const promises = jest.requireActual<typeof import('node:fs/promises')>('node:fs/promises');

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const pretend = pretendFileSystem();

let folder: string;
let cacheFolder: string;
/** Far in the future, so that every file counts as at rest. */
let now: number;
let damages: CacheDamage[];
const print = (path = folder, options: ListOptions = {}) =>
  fingerprint(path, {
    ...options,
    cacheFolder,
    concurrency: 2,
    clock: { now: () => now, randomName: () => 'r' },
    onDamage: async damage => {
      damages.push(damage);
      await rename(damage.path, `${damage.path}.away`);
    },
  });
/** The file of the cache with the digest of everything, and the one with those of the files. */
const cacheFile = async (ending: '.json' | '.files') =>
  join(
    cacheFolder,
    (await readdir(cacheFolder)).find(name => name.endsWith(ending))!,
  );

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'input');
  cacheFolder = join(await temporaryFolder(), 'cache');
  now = Date.now() + 3_600_000;
  damages = [];
  await mkdir(join(folder, 'sub'), { recursive: true });
  await writeFile(join(folder, 'b.txt'), 'b');
  await writeFile(join(folder, 'sub', 'a.txt'), 'a');
});

describe('fingerprint() where the store may only be looked at', () => {
  test.each(['EROFS', 'EACCES', 'EPERM'])('reads the files and remembers nothing: %s', async code => {
    const refused = Object.assign(new Error(code), { code });
    const spies = [jest.spyOn(promises, 'writeFile'), jest.spyOn(promises, 'open'), jest.spyOn(promises, 'mkdir')];
    for (const spy of spies) (spy as jest.Mock).mockImplementation(() => Promise.reject(refused));
    try {
      expect(await print(join(folder, 'b.txt'))).toMatchObject({ digest: `sha256:${sha256('b')}` });
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    expect(await readdir(cacheFolder).catch(() => [])).toEqual([]);
  });

  test('does not pass over a disk that is full or broken', async () => {
    const spy = jest.spyOn(promises, 'mkdir').mockRejectedValue(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    try {
      await expect(print(join(folder, 'b.txt'))).rejects.toMatchObject({ code: 'ENOSPC' });
    } finally {
      spy.mockRestore();
    }
  });
});

describe('fingerprint()', () => {
  test('counts the names of empty folders, which a reader of the folder sees', async () => {
    const { digest, files } = await print();
    await mkdir(join(folder, 'sub', 'empty'));
    const with1 = await print();
    expect(with1.files).toBe(files);
    expect(with1.digest).not.toBe(digest);
    const pairs = [
      ['b.txt', sha256('b')],
      ['sub/a.txt', sha256('a')],
      ['sub/empty/', ''],
    ];
    expect(with1.digest).toBe(`sha256:${sha256(JSON.stringify(pairs))}`);
    // From what is remembered, and read anew.
    expect(await print()).toEqual(with1);
    await rm(cacheFolder, { recursive: true });
    expect((await print()).digest).toBe(with1.digest);
    // What is remembered of files is read beside names that come before them.
    await mkdir(join(folder, 'a-empty'));
    const { digest: with2 } = await print();
    await rm(await cacheFile('.json'));
    expect((await print()).digest).toBe(with2);
    await rm(join(folder, 'a-empty'), { recursive: true });
    await rm(await cacheFile('.json'));
    expect((await print()).digest).toBe(with1.digest);
    await expect(assertUnchanged(with1)).resolves.toBeUndefined();
    await rm(join(folder, 'sub', 'empty'), { recursive: true });
    expect((await print()).digest).toBe(digest);
    await expect(assertUnchanged(with1)).rejects.toMatchObject({ code: 'input-changed' });
  });

  test('is the digest of the bytes of a file', async () => {
    expect(await print(join(folder, 'b.txt'))).toMatchObject({ digest: `sha256:${sha256('b')}`, files: 1 });
  });

  test('is the digest of sorted paths and digests of a folder', async () => {
    const list = `[["b.txt","${sha256('b')}"],["sub/a.txt","${sha256('a')}"]]`;
    expect(await print()).toMatchObject({ digest: `sha256:${sha256(list)}`, files: 2 });
  });

  test('is that of an empty list for an empty folder', async () => {
    const empty = join(folder, 'empty');
    await mkdir(empty);
    expect(await print(empty)).toMatchObject({ digest: `sha256:${sha256('[]')}`, files: 0 });
  });

  test('reads a file that is larger than a chunk as a whole', async () => {
    const path = join(folder, 'large');
    const content = 'x'.repeat(3 * 1024 * 1024 + 1);
    await writeFile(path, content);
    expect((await print(path)).digest).toBe(`sha256:${sha256(content)}`);
  });

  test('notices an edited, an added, a renamed and a removed file', async () => {
    const digests = [(await print()).digest];
    const changes = [
      () => writeFile(join(folder, 'b.txt'), 'B'),
      () => writeFile(join(folder, 'c.txt'), 'c'),
      () => rename(join(folder, 'c.txt'), join(folder, 'd.txt')),
      () => unlink(join(folder, 'd.txt')),
    ];
    for (const change of changes) {
      await change();
      digests.push((await print()).digest);
    }
    // The last change undoes the two before it.
    expect(digests[4]).toBe(digests[1]);
    expect(new Set(digests).size).toBe(4);
  });

  test('notices an edit that keeps size and modification time', async () => {
    const path = join(folder, 'b.txt');
    const time = new Date('2020-01-01');
    await utimes(path, time, time);
    const before = await print();
    await writeFile(path, 'B');
    await utimes(path, time, time);
    expect((await print()).digest).not.toBe(before.digest);
  });

  test('does not read again what did not change', async () => {
    await print();
    // What is remembered is not what reading would give.
    await rewrite('.json', text => text.replace(/"digest": "\w+"/, `"digest": "${sha256('remembered')}"`));
    expect((await print()).digest).toBe(`sha256:${sha256('remembered')}`);
    // Before and behind the one that is new.
    await rewrite('.files', text => text.replace(sha256('b'), sha256('other')).replace(sha256('a'), sha256('else')));
    await writeFile(join(folder, 'c.txt'), 'c');
    const list = [
      ['b.txt', sha256('other')],
      ['c.txt', sha256('c')],
      ['sub/a.txt', sha256('else')],
    ];
    expect((await print()).digest).toBe(`sha256:${sha256(JSON.stringify(list))}`);
    expect(damages).toEqual([]);
  });

  test('does not remember a file that was changed a moment ago, because the next change may leave its times', async () => {
    now = Date.now() + 1000;
    await utimes(join(folder, 'b.txt'), new Date(0), new Date(0));
    await print();
    expect(await readdir(cacheFolder)).toHaveLength(1);
    expect(await readFile(await cacheFile('.files'), 'utf8')).not.toMatch(/txt/);
    // A write through a mapping may be silent for longer than coarse times are.
    now += 3000;
    expect((await print()).fresh).toBeDefined();
    now += silentForMs();
    await print();
    expect(await readFile(await cacheFile('.files'), 'utf8')).toMatch(/b\.txt[^]*a\.txt/);
  });

  test('remembers nothing of a file from the future', async () => {
    await utimes(join(folder, 'b.txt'), new Date(now + 1000), new Date(now + 1000));
    await print();
    expect(await readFile(await cacheFile('.files'), 'utf8')).toMatch(/^(?!.*b\.txt)[^]*sub\/a\.txt/);
  });

  test('reads everything again after the clock was set back', async () => {
    const before = await print();
    await rewrite('.json', text => text.replace(/"digest": "\w+"/, `"digest": "${sha256('remembered')}"`));
    await rewrite('.files', text => text.replace(sha256('b'), sha256('other')));
    now -= 1;
    expect((await print()).digest).toBe(before.digest);
    expect(damages).toEqual([]);
  });

  test('notices a file that another one of equal size and times has replaced', async () => {
    const [path, other] = [join(folder, 'b.txt'), join(folder, 'c.txt')];
    const time = new Date('2020-01-01');
    await writeFile(other, 'x');
    for (const file of [path, other]) await utimes(file, time, time);
    await print();
    await rename(other, path);
    expect((await print(path)).digest).toBe(`sha256:${sha256('x')}`);
    const list = `[["b.txt","${sha256('x')}"],["sub/a.txt","${sha256('a')}"]]`;
    expect((await print()).digest).toBe(`sha256:${sha256(list)}`);
  });

  test('takes nothing from the cache of another path', async () => {
    await print();
    const other = `${folder}-other`;
    await mkdir(join(other, 'sub'), { recursive: true });
    await writeFile(join(other, 'b.txt'), 'x');
    const [mine, foreign] = [await cacheFile('.json'), join(cacheFolder, `${sha256(other).slice(0, 32)}.json`)];
    await copyFile(mine, foreign);
    await copyFile(mine.replace('.json', '.files'), foreign.replace('.json', '.files'));
    const list = `[["b.txt","${sha256('x')}"],["sub/",""]]`;
    expect((await print(other)).digest).toBe(`sha256:${sha256(list)}`);
  });

  test.each([
    ['cut off', (path: string) => truncate(path, 50)],
    ['empty', (path: string) => truncate(path, 0)],
    [
      'with another octet',
      async (path: string) => {
        const octets = await readFile(path);
        octets[20]! ^= 1;
        await writeFile(path, octets);
      },
    ],
    ['of other content', (path: string) => writeFile(path, '{"b.txt": null, "sub/a.txt": 3}\n'.repeat(9))],
    [
      'a folder',
      async (path: string) => {
        await rm(path);
        await mkdir(path);
      },
    ],
  ])('tells of a cache that is %s, and does without', async (_, damage) => {
    const before = await print();
    const whole = await cacheFile('.json');
    await damage(whole);
    expect((await print()).digest).toBe(before.digest);
    expect(damages.map(({ path }) => path)).toEqual([whole]);
    const files = await cacheFile('.files');
    await damage(files);
    await rm(whole);
    expect((await print()).digest).toBe(before.digest);
    expect(damages.map(({ path }) => path)).toEqual([whole, files]);
    expect((await print()).digest).toBe(before.digest);
    expect(damages).toHaveLength(2);
  });

  test('keeps names apart that hold line ends and quotes', async () => {
    for (const name of ['a\nb', 'a\\nb', '"', 'é']) await writeFile(join(folder, name), name);
    const { digest } = await print();
    await writeFile(join(folder, 'c.txt'), 'c');
    await print();
    await unlink(join(folder, 'c.txt'));
    expect((await print()).digest).toBe(digest);
    expect(damages).toEqual([]);
  });

  test('reads many files in threads, and gives the digest that one after another would give', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `many-${String(index).padStart(3, '0')}`);
    for (const name of names) await writeFile(join(folder, 'sub', name), name);
    const pairs = [
      ['b.txt', sha256('b')],
      ['sub/a.txt', sha256('a')],
      ...names.map(name => [`sub/${name}`, sha256(name)]),
    ];
    expect((await print()).digest).toBe(`sha256:${sha256(JSON.stringify(pairs))}`);
  });

  test('follows links that stay inside', async () => {
    const before = await print();
    await symlink('b.txt', join(folder, 'link.txt'));
    await symlink('sub', join(folder, 'also'));
    expect(await print()).toMatchObject({ files: 4 });
    expect((await print()).digest).not.toBe(before.digest);
  });

  test('follows links into a folder that is declared, and no others', async () => {
    const [declared, other] = [await temporaryFolder(), await temporaryFolder()];
    for (const place of [declared, other]) await writeFile(join(place, 'c.txt'), 'c');
    const within = { within: [declared] };
    await symlink(declared, join(folder, 'all'));
    await symlink(join(declared, 'c.txt'), join(folder, 'one.txt'));
    const found = await print(folder, within);
    expect(found.files).toBe(4);
    await assertUnchanged(found);
    await writeFile(join(declared, 'c.txt'), 'other');
    expect((await print(folder, within)).digest).not.toBe(found.digest);
    await expect(print()).rejects.toMatchObject({ code: 'link-out-of-input' });
    await symlink(join(other, 'c.txt'), join(folder, 'two.txt'));
    await expect(print(folder, within)).rejects.toMatchObject({
      code: 'link-out-of-input',
      message: expect.stringContaining('declare where it leads under `roots`'),
    });
  });

  test('does not follow a declared folder that holds the input without end', async () => {
    await symlink(dirname(folder), join(folder, 'above'));
    await expect(print(folder, { within: [dirname(folder)] })).rejects.toMatchObject({ code: 'link-out-of-input' });
  });

  test('refuses links that lead out, back, or nowhere', async () => {
    const cases = [
      { target: '/etc', code: 'link-out-of-input' },
      { target: '/etc/hostname', code: 'link-out-of-input' },
      { target: '..', code: 'link-out-of-input' },
      { target: '.', code: 'link-out-of-input' },
      { target: 'nowhere', code: 'input-missing' },
    ];
    for (const { target, code } of cases) {
      const link = join(folder, 'sub', 'link');
      await symlink(target, link);
      await expect(print()).rejects.toMatchObject({ code });
      await rm(link);
    }
  });

  test('follows the path itself when that is a link', async () => {
    const link = `${folder}-link`;
    await symlink(folder, link);
    expect((await print(link)).digest).toBe((await print()).digest);
  });

  test('names a path that does not exist', async () => {
    await expect(print(join(folder, 'none'))).rejects.toMatchObject({ code: 'input-missing', exit: 3 });
  });
});

describe('fingerprint() on a file system whose times do not show every change', () => {
  test('reads every file each time, and when a result is kept', async () => {
    pretend(TMPFS);
    const before = await print();
    expect(before.fresh).toBeDefined();
    await writeFile(join(folder, 'b.txt'), 'B');
    // As a write through a mapping leaves it there: it looks as before.
    const { stat } = await print();
    await expect(assertUnchanged({ ...before, stat })).rejects.toMatchObject({ code: 'input-changed' });
    expect((await print()).digest).not.toBe(before.digest);
  });

  test('does not take what an earlier version has remembered', async () => {
    const { digest, fresh } = await print();
    expect(fresh).toBeUndefined();
    await rewrite('.json', text => text.replace(digest.slice('sha256:'.length), '0'.repeat(64)));
    expect((await print()).digest).toBe(`sha256:${'0'.repeat(64)}`);
    pretend(TMPFS);
    expect(await print()).toMatchObject({ digest, fresh: { digest: expect.any(String) as unknown } });
  });
});

describe('assertUnchanged()', () => {
  test('passes as long as nothing changes, and refuses what did', async () => {
    const before = await print();
    await assertUnchanged(before);
    await writeFile(join(folder, 'new.txt'), '');
    await expect(assertUnchanged(before)).rejects.toMatchObject({ code: 'input-changed' });
  });

  test('refuses an edit that keeps size and modification time', async () => {
    const path = join(folder, 'b.txt');
    await utimes(path, new Date(0), new Date(0));
    const before = await print();
    await writeFile(path, 'B');
    await utimes(path, new Date(0), new Date(0));
    await expect(assertUnchanged(before)).rejects.toMatchObject({ code: 'input-changed' });
  });
});

test('assertUnchanged() reads again what changed so shortly before that another edit may look the same', async () => {
  now = Date.now();
  const before = await print();
  await assertUnchanged(before);
  await writeFile(join(folder, 'b.txt'), 'B');
  const { stat } = await print();
  await expect(assertUnchanged({ ...before, stat })).rejects.toMatchObject({ code: 'input-changed' });
});

/** Changes a file of the cache and seals it again. */
async function rewrite(ending: '.json' | '.files', change: (text: string) => string): Promise<void> {
  const path = await cacheFile(ending);
  const changed = change(await readFile(path, 'utf8'));
  if (ending === '.json') {
    await writeFile(path, sealedText({ ...(JSON.parse(changed) as object), seal: undefined }));
  } else {
    const lines = changed.trimEnd().split('\n').slice(0, -1);
    const file = await createSealedLines(path, `${path}.tmp`);
    await file.append(lines);
    await file.keep();
  }
}
