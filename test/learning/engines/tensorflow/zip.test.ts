import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readZip, type Zip } from '../../../../src/learning/engines/tensorflow/zip';
import { zip } from '../../../helpers/zip';

const FILES = { 'a.txt': 'a'.repeat(1000), 'b/stored.bin': Buffer.from([0, 255, 7]), 'empty.txt': '' };

function archive(bytes: Buffer): string {
  const path = join(mkdtempSync(join(tmpdir(), 'fairdistill-zip-')), 'archive.zip');
  writeFileSync(path, bytes);
  return path;
}

const namesOf = ({ names }: Zip): Promise<readonly string[]> => Promise.resolve(names);

/** Takes every file out. */
async function contents({ names, extract }: Zip, path: string): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  for (const name of names) {
    await extract(name, `${path}.out`);
    files[name] = readFileSync(`${path}.out`);
  }
  return files;
}

describe('readZip()', () => {
  test('gives back the files, deflated, stored and empty', async () => {
    const path = archive(zip(FILES, ['b/stored.bin']));
    expect(await readZip(path, file => contents(file, path))).toEqual({
      'a.txt': Buffer.from(FILES['a.txt']),
      'b/stored.bin': FILES['b/stored.bin'],
      'empty.txt': Buffer.alloc(0),
    });
  });

  test('closes the archive, also when its use fails', async () => {
    const path = archive(zip(FILES));
    let kept: Zip | undefined;
    const failing = readZip(path, file => {
      kept = file;
      return Promise.reject(new Error('of the use'));
    });
    await expect(failing).rejects.toThrow('of the use');
    await expect(kept!.extract('a.txt', `${path}.out`)).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining('closed'),
    });
  });

  test('reads an archive without files', async () => {
    expect(await readZip(archive(zip({})), namesOf)).toEqual([]);
  });

  test.each([
    ['is not there', undefined, 'no such file'],
    ['is empty', Buffer.alloc(0), 'not a zip file'],
    ['is no zip', Buffer.from('no zip at all, but some words of text'), 'not a zip file'],
    ['is cut off', zip(FILES).subarray(0, -10), 'not a zip file'],
    ['has lost its beginning', zip(FILES).subarray(80), 'invalid central directory'],
    ['has more at its end', Buffer.concat([zip(FILES), Buffer.from('more')]), 'extra bytes at the end'],
    ['leads outside', zip({ '../a.txt': 'a' }), 'invalid relative path'],
    ['leads to a place of its own', zip({ '/etc/a.txt': 'a' }), 'absolute path'],
  ])('refuses a file that %s', async (_, bytes, words) => {
    const path = bytes ? archive(bytes) : '/nowhere/archive.zip';
    await expect(readZip(path, namesOf)).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining(words),
    });
  });

  test.each([
    // The first block of the deflated data gets a type that does not exist.
    ['is damaged', (bytes: Buffer) => bytes.writeUInt8(0xff, 30 + 'a.txt'.length), 'invalid'],
    ['is longer than the directory says', (bytes: Buffer) => bytes.writeUInt32LE(999, sizeAt(bytes)), 'too many bytes'],
    ['is shorter', (bytes: Buffer) => bytes.writeUInt32LE(1001, sizeAt(bytes)), 'not enough bytes'],
    ['is not where it should be', (bytes: Buffer) => bytes.writeUInt32LE(1, sizeAt(bytes) + 18), 'local file header'],
    ['is packed in another way', (bytes: Buffer) => bytes.writeUInt16LE(14, sizeAt(bytes) - 14), 'method: 14'],
  ])('refuses a file whose content %s', async (_, damage, words) => {
    const bytes = zip({ 'a.txt': FILES['a.txt'] });
    damage(bytes);
    const path = archive(bytes);
    await expect(readZip(path, file => contents(file, path))).rejects.toMatchObject({
      code: 'bad-archive',
      message: expect.stringContaining(words),
    });
  });
});

/** Of the first entry of the directory. */
function sizeAt(bytes: Buffer): number {
  return bytes.indexOf('PK\x01\x02', 'latin1') + 24;
}
