import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { readMemory } from '../../../src/workflow/executors/read-memory';

test('readMemory() takes each figure once, however the octets come in', async () => {
  const figures = [1, 4.7e9, 2 ** 52];
  const octets = Buffer.alloc(24);
  figures.forEach((figure, i) => octets.writeDoubleLE(figure, 8 * i));
  for (const size of [1, 5, 8, 13, 24]) {
    const pipe = new PassThrough();
    const seen: number[] = [];
    readMemory(pipe, bytes => seen.push(bytes));
    for (let at = 0; at < 24; at += size) pipe.write(octets.subarray(at, at + size));
    pipe.end();
    await new Promise(resolve => pipe.on('end', resolve));
    expect(seen).toEqual(figures);
  }
});
