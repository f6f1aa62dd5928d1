import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readSafetensors, writeSafetensors } from '../../src/models/safetensors';
import type { Weights } from '../../src/learning/networks/layer';

const WEIGHTS: Weights = new Map([
  ['fc/kernel', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 1e-30, 0, 6) }],
  ['bn/gamma', { shape: [2], values: Float32Array.of(7, 8) }],
  ['empty', { shape: [0, 4], values: new Float32Array() }],
]);

describe('safetensors', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairdistill-safetensors-'));
  });

  test('readSafetensors() gives back what writeSafetensors() wrote', async () => {
    const path = join(folder, 'a.safetensors');
    await writeSafetensors(path, WEIGHTS, { backbone: 'tiny' });
    const { weights, metadata } = await readSafetensors(path);
    expect(metadata).toEqual({ backbone: 'tiny' });
    expect(Object.fromEntries(weights)).toEqual(Object.fromEntries(WEIGHTS));
  });

  test('writeSafetensors() lays the file out as the format says, sorted by name', async () => {
    const path = join(folder, 'b.safetensors');
    await writeSafetensors(path, WEIGHTS);
    const bytes = await readFile(path);
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
      __metadata__: {},
      'bn/gamma': { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
      empty: { dtype: 'F32', shape: [0, 4], data_offsets: [8, 8] },
      'fc/kernel': { dtype: 'F32', shape: [2, 3], data_offsets: [8, 32] },
    });
    expect(bytes.readFloatLE(8 + length + 4)).toBe(8);
  });

  const file = (header: string, data = 0): Buffer => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return Buffer.concat([length, Buffer.from(header), Buffer.alloc(data)]);
  };
  const one = (entry: object): string => JSON.stringify({ w: entry });

  test.each<[string, Buffer]>([
    ['an empty file', Buffer.alloc(0)],
    ['a header longer than the file', Buffer.concat([Buffer.from('ffffffffffff0000', 'hex'), Buffer.alloc(8)])],
    ['a header that is no JSON', file('{{{{')],
    ['a header that is a list', file('[]')],
    ['another type', file(one({ dtype: 'F16', shape: [2], data_offsets: [0, 4] }), 4)],
    ['a place beyond the end', file(one({ dtype: 'F32', shape: [2], data_offsets: [0, 8] }), 4)],
    ['a shape that does not fill its place', file(one({ dtype: 'F32', shape: [3], data_offsets: [0, 8] }), 8)],
    ['a negative size', file(one({ dtype: 'F32', shape: [-1, -1], data_offsets: [0, 4] }), 4)],
    ['a gap before the first tensor', file(one({ dtype: 'F32', shape: [1], data_offsets: [4, 8] }), 8)],
    ['bytes that belong to no tensor', file(one({ dtype: 'F32', shape: [1], data_offsets: [0, 4] }), 8)],
    [
      'tensors that overlap',
      file(
        JSON.stringify({
          a: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
          b: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
        }),
        8,
      ),
    ],
    ['metadata that is no text', file(JSON.stringify({ __metadata__: { epochs: 3 } }))],
  ])('readSafetensors() refuses %s and names the file', async (_, bytes) => {
    const path = join(folder, 'bad.safetensors');
    await writeFile(path, bytes);
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'bad-safetensors',
      message: expect.stringContaining(path),
    });
  });

  test('readSafetensors() refuses a file that is not there', async () => {
    const path = join(folder, 'absent.safetensors');
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'bad-safetensors',
      message: expect.stringContaining(path),
    });
  });
});
