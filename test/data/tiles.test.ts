import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readTiles, writeTiles, type Tile } from '../../src/data/tiles';
import { temporaryFolder } from '../helpers/temporary-folder';

const tile = (width: number, height: number, rest: Omit<Tile, 'pixels' | 'width' | 'height'> = {}): Tile => ({
  ...rest,
  pixels: Uint8Array.from({ length: width * height * 3 }, (_, i) => i % 256),
  width,
  height,
});

const written = async (tiles: readonly Tile[], columns = 4): Promise<string> => {
  const path = join(await temporaryFolder(), 'some.tiles');
  await writeTiles(path, { columns, tiles });
  return path;
};

describe('tiles', () => {
  test('are read as they were written, with labels and points, in bytes of their own', async () => {
    const tiles = [tile(3, 2, { label: 'A é\n1', points: [0.1, 1 / 3] }), tile(10, 1)];
    const read = await readTiles(await written(tiles));
    expect(read.columns).toBe(4);
    expect(read.tiles.map(({ pixels, ...about }) => ({ ...about, pixels: [...pixels] }))).toEqual(
      tiles.map(({ pixels, ...about }) => ({ ...about, pixels: [...pixels] })),
    );
    expect((await readTiles(await written([]))).tiles).toEqual([]);
  });

  test('give the same bytes again', async () => {
    const tiles = [tile(3, 2, { label: 'x' })];
    expect(await readFile(await written(tiles))).toEqual(await readFile(await written(tiles)));
  });

  test.each([
    ['cut short', (content: Buffer) => content.subarray(0, -1)],
    ['too long', (content: Buffer) => Buffer.concat([content, content.subarray(0, 1)])],
    ['of another version', (content: Buffer) => Buffer.from(content.toString('latin1').replace('1', '2'), 'latin1')],
    ['not tiles', () => Buffer.from('x')],
  ])('that are %s are refused', async (_, spoil) => {
    const path = await written([tile(3, 2)]);
    await writeFile(path, spoil(await readFile(path)));
    await expect(readTiles(path)).rejects.toMatchObject({ code: 'bad-tiles' });
  });

  test('that are not there are refused', async () => {
    await expect(readTiles('/nowhere/some.tiles')).rejects.toThrow(
      /^Cannot read \/nowhere\/some\.tiles: .*run the stage/,
    );
  });
});
