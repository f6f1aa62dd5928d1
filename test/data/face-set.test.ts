import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appendFile, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createFaceSet, openFaceSet, pixelFile, type FaceRow } from '../../src/data/face-set';
import { writeTable } from '../../src/data/tables/write-table';
import { temporaryFolder } from '../helpers/photo-folder';

const SIZE = 8;
const BYTES = SIZE * SIZE * 3;
const pixelsOf = (row: number): Uint8Array => Uint8Array.from({ length: BYTES }, (_, i) => (row * 31 + i * 7) % 256);
const face = (row: number) => ({
  path: `train/data/${row < 3 ? 'A' : 'B'}/m.${row >> 1}/${row}.jpg`,
  identity: `m.${row >> 1}`,
  group: row < 3 ? 'A' : 'B',
  domain: 'real',
  residual: row / 4,
});

const write = async (rows: number, folder?: string): Promise<string> => {
  const into = folder ?? (await temporaryFolder('face-set'));
  const writer = await createFaceSet(into, { size: SIZE });
  const reused = new Uint8Array(BYTES);
  for (let row = 0; row < rows; row++) {
    reused.set(pixelsOf(row));
    await writer.add(face(row), reused);
  }
  await writer.close({ A: { 'missing-landmarks': 2 } });
  return into;
};

describe('createFaceSet and openFaceSet', () => {
  test('tell contents and people alone, and read a set that knows nothing of photographs', async () => {
    const folder = await temporaryFolder('face-set');
    const writer = await createFaceSet(folder, { size: SIZE });
    const photo = 'ab'.repeat(32);
    await writer.add({ ...face(0), key: 'k0', photo }, pixelsOf(0));
    await writer.add({ ...face(1), key: 'k1' }, pixelsOf(1));
    await writer.close();
    const set = await openFaceSet(folder);
    const all = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
      const found: T[] = [];
      for await (const row of rows) found.push(row);
      return found;
    };
    expect(await all(set.contents())).toEqual([{ key: 'k0', photo }, { key: 'k1' }]);
    expect((await all(set.rows())).map(row => row.photo)).toEqual([photo, undefined]);
    const { identity, group, domain } = face(1);
    expect((await all(set.people()))[1]).toEqual({ row: 1, identity, group, domain });
    await set.close();

    const text = { type: 'string' } as const;
    const older = { row: { type: 'int' }, key: text, path: text, identity: text, group: text, domain: text } as const;
    const rows = [0, 1].map(row => ({ row, key: `k${row}`, ...face(row) }));
    await writeTable(join(folder, 'faces.parquet'), { ...older, residual: { type: 'float' } }, rows);
    const old = await openFaceSet(folder);
    expect(await all(old.contents())).toEqual([{ key: 'k0' }, { key: 'k1' }]);
    expect(await all(old.rows())).toEqual(rows);
    await old.close();
  });

  test('give back rows and pixels, in any order', async () => {
    const set = await openFaceSet(await write(5));
    const rows: FaceRow[] = [];
    for await (const row of set.rows()) rows.push(row);
    expect(rows).toEqual(
      [0, 1, 2, 3, 4].map(row => ({
        ...face(row),
        row,
        key: createHash('sha256').update(pixelsOf(row)).digest('hex'),
      })),
    );
    const into = new Uint8Array(BYTES + 5);
    for (const row of [4, 0, 2]) {
      await set.readPixels(row, into);
      expect(into.subarray(0, BYTES)).toEqual(pixelsOf(row));
    }
    const three = new Uint8Array(3 * BYTES);
    await set.readPixels(1, three, 3);
    expect([...three]).toEqual([1, 2, 3].flatMap(row => [...pixelsOf(row)]));
    expect(set.info).toEqual({
      count: 5,
      size: SIZE,
      channels: 'RGB',
      template: 'arcface',
      groups: { A: { images: 3, identities: 2 }, B: { images: 2, identities: 2 } },
      skipped: { A: { 'missing-landmarks': 2 } },
    });
    await set.close();
  });

  test('write more than fits the buffer, the same bytes each time', async () => {
    const count = Math.ceil((1 << 20) / BYTES) + 3;
    const [first, second] = [await write(count), await write(count)];
    for (const file of ['pixels.rgb8', 'faces.parquet', 'face-set.json']) {
      expect((await readFile(join(first, file))).equals(await readFile(join(second, file)))).toBe(true);
    }
    const set = await openFaceSet(first);
    const into = new Uint8Array(BYTES);
    await set.readPixels(count - 1, into);
    expect(into).toEqual(pixelsOf(count - 1));
    await set.close();
  });

  test('refuse pixels of another size and rows that are not there', async () => {
    const writer = await createFaceSet(await temporaryFolder('face-set'), { size: SIZE });
    await expect(writer.add(face(0), new Uint8Array(3))).rejects.toThrow('A face of 8 px has 192 bytes, got 3');
    await writer.abort();
    const set = await openFaceSet(await write(2));
    await expect(set.readPixels(2, new Uint8Array(BYTES))).rejects.toThrow('has 2 rows, wanted 2');
    await expect(set.readPixels(-1, new Uint8Array(BYTES))).rejects.toThrow(RangeError);
    await expect(set.readPixels(0, new Uint8Array(BYTES - 1))).rejects.toThrow('takes 192 bytes, got room for 191');
    await expect(set.readPixels(1, new Uint8Array(2 * BYTES), 2)).rejects.toThrow('has 2 rows, wanted 2');
    await expect(set.readPixels(0, new Uint8Array(BYTES), 2)).rejects.toThrow(
      '2 faces take 384 bytes, got room for 192',
    );
    await set.close();
  });

  test('name the face at which the pixels end, when they were cut off after the set was opened', async () => {
    const folder = await write(4);
    const set = await openFaceSet(folder);
    await truncate(pixelFile(folder), 2 * BYTES + 1);
    await expect(set.readPixels(3, new Uint8Array(BYTES))).rejects.toThrow('pixels.rgb8: it ends inside face 3');
    await expect(set.readPixels(0, new Uint8Array(4 * BYTES), 4)).rejects.toThrow('pixels.rgb8: it ends inside face 2');
    await set.close();
  });

  test('keep what is written in several pieces, from pixels that are used again', async () => {
    const [size, rows] = [112, 100];
    const folder = await temporaryFolder('face-set');
    const writer = await createFaceSet(folder, { size });
    const reused = new Uint8Array(size * size * 3);
    for (let row = 0; row < rows; row++) await writer.add(face(row), reused.fill(row));
    await writer.close();
    const pixels = await readFile(pixelFile(folder));
    expect(pixels.length).toBe(rows * reused.length);
    for (let row = 0; row < rows; row++) {
      const one = pixels.subarray(row * reused.length, (row + 1) * reused.length);
      expect(one.equals(Buffer.alloc(reused.length, row))).toBe(true);
    }
  });

  // Pixels are written while others are gathered: nobody waits for the write that fails.
  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux.each([1, 30, 100])('tell of a full disk, at the latest when the set of %d faces is closed', async rows => {
    const folder = await temporaryFolder('face-set');
    await symlink('/dev/full', pixelFile(folder));
    const size = 112;
    const writer = await createFaceSet(folder, { size });
    const pixels = new Uint8Array(size * size * 3);
    const writing = async (): Promise<void> => {
      for (let row = 0; row < rows; row++) await writer.add(face(row), pixels);
      await writer.close();
    };
    await expect(writing()).rejects.toMatchObject({ code: 'ENOSPC' });
    await writer.abort();
  });

  test('refuse a set whose files do not fit each other', async () => {
    const short = await write(2);
    await writeFile(join(short, 'pixels.rgb8'), new Uint8Array(BYTES));
    await expect(openFaceSet(short)).rejects.toThrow('pixels.rgb8: found 192 bytes, want 2 faces of 192');

    const long = await write(2);
    await appendFile(join(long, 'pixels.rgb8'), 'x');
    await expect(openFaceSet(long)).rejects.toMatchObject({ code: 'bad-face-set' });

    const without = await write(2);
    await rm(join(without, 'face-set.json'));
    await expect(openFaceSet(without)).rejects.toMatchObject({ code: 'bad-face-set' });

    const mixed = await write(2);
    await writeFile(join(mixed, 'faces.parquet'), await readFile(join(await write(3), 'faces.parquet')));
    await expect(openFaceSet(mixed)).rejects.toThrow('faces.parquet: found 3 rows, want 2');
  });
});
