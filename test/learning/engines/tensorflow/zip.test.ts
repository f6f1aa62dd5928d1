import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { extract, listZip } from '../../../../src/learning/engines/tensorflow/zip';
import { zip } from '../../../helpers/zip';

const FILES = { 'a.txt': 'a'.repeat(1000), 'b/stored.bin': Buffer.from([0, 255, 7]), 'empty.txt': '' };

function archive(bytes: Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairdistill-zip-')), 'archive.zip');
  writeFileSync(path, bytes);
  return path;
}

describe('listZip() and extract()', () => {
  test('give back the files, deflated, stored and empty', async () => {
    const path = archive(zip(FILES, ['b/stored.bin']));
    const entries = await listZip(path);
    expect(entries.map(({ name, method, size }) => [name, method, size])).toEqual([
      ['a.txt', 8, 1000],
      ['b/stored.bin', 0, 3],
      ['empty.txt', 8, 0],
    ]);
    for (const entry of entries) {
      await extract(path, entry, `${path}.out`);
      expect(readFileSync(`${path}.out`)).toEqual(Buffer.from(FILES[entry.name as keyof typeof FILES]));
    }
  });

  test('find the directory before a comment', async () => {
    const whole = zip(FILES);
    expect(await listZip(archive(Buffer.concat([whole, Buffer.from('a comment')])))).toHaveLength(3);
  });

  test.each([
    ['is not there', undefined, 'no such file'],
    ['is no zip', Buffer.from('no zip at all'), 'no directory at its end'],
    ['is cut off', zip(FILES).subarray(0, -10), 'no directory at its end'],
    ['has lost its beginning', zip(FILES).subarray(80), 'outside the file'],
  ])('refuse a file that %s', async (_, bytes, words) => {
    const path = bytes ? archive(bytes) : '/nowhere/archive.zip';
    await expect(listZip(path)).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining(words),
    });
  });

  test('refuse a file whose content is damaged or of another size', async () => {
    const bytes = zip(FILES);
    const path = archive(bytes);
    const [entry] = await listZip(path);
    await expect(extract(path, { ...entry!, size: 999 }, `${path}.out`)).rejects.toMatchObject({ code: 'bad-archive' });
    await expect(extract(path, { ...entry!, offset: 1 }, `${path}.out`)).rejects.toMatchObject({ code: 'bad-archive' });
    // The first block of the deflated data gets a type that does not exist.
    bytes[30 + 'a.txt'.length] = 0xff;
    writeFileSync(path, bytes);
    await expect(extract(path, entry!, `${path}.out`)).rejects.toMatchObject({ code: 'bad-archive' });
  });
});
