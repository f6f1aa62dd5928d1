import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { openSealed, writeSealed } from '../../../src/kit/files/sealed-file';

const ABOUT = { rows: 3, sums: [0.1 + 0.2, 1e-320, -7], text: 'é\n' };
const BODY = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) % 251);

describe('writeSealed() and openSealed()', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairdistill-sealed-'));
    path = join(folder, 'one.sealed');
  });

  test('give back what was written, from any place, doubles to the last bit', async () => {
    await writeSealed(path, ABOUT, [BODY.subarray(0, 5), BODY.subarray(5, 2_000_000), BODY.subarray(2_000_000)]);
    const file = await openSealed(path);
    expect(file.about).toEqual(ABOUT);
    expect(file.length).toBe(BODY.length);
    for (const [start, end] of [
      [0, 0],
      [0, 7],
      [1_999_990, 2_000_010],
      [0, BODY.length],
    ] as const) {
      const into = new Uint8Array(end - start);
      await file.read(start, into);
      expect(Buffer.compare(into, BODY.subarray(start, end))).toBe(0);
    }
    await expect(file.read(BODY.length - 1, new Uint8Array(2))).rejects.toThrow(RangeError);
    await expect(file.read(-1, new Uint8Array(1))).rejects.toThrow(RangeError);
    await file.close();
    expect(await readdir(folder)).toEqual(['one.sealed']);
  });

  test('take a file without a body, and pieces that are made one after another in the same memory', async () => {
    await writeSealed(path, null, []);
    const empty = await openSealed(path);
    expect([empty.about, empty.length]).toEqual([null, 0]);
    await empty.close();
    const piece = new Uint8Array(2);
    const body = async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 3; i++) yield await Promise.resolve(piece.fill(i));
    };
    await writeSealed(path, {}, body());
    const file = await openSealed(path);
    const into = new Uint8Array(6);
    await file.read(0, into);
    await file.close();
    expect([...into]).toEqual([0, 0, 1, 1, 2, 2]);
  });

  test('leave the old file, and nothing beside it, when writing fails', async () => {
    await writeSealed(path, 'old', []);
    const failing = function* (): Generator<Uint8Array> {
      yield BODY;
      throw new Error('no more');
    };
    await expect(writeSealed(path, 'new', failing())).rejects.toThrow('no more');
    const file = await openSealed(path);
    expect(file.about).toBe('old');
    await file.close();
    expect(await readdir(folder)).toEqual(['one.sealed']);
  });

  test('see every wrong bit, and every byte that is missing or too much', async () => {
    await writeSealed(path, { a: 1 }, [BODY.subarray(0, 20)]);
    const bytes = await readFile(path);
    const changed = [
      ...Array.from(bytes.keys(), at => bytes.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte))),
      ...Array.from(bytes.keys(), length => bytes.subarray(0, length)),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.concat([bytes, bytes]),
    ];
    expect(changed.length).toBeGreaterThan(130);
    for (const content of changed) {
      await writeFile(path, content);
      await expect(openSealed(path)).rejects.toThrow(RangeError);
    }
  });

  test('does not mistake a missing file for a damaged one', async () => {
    await expect(openSealed(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
