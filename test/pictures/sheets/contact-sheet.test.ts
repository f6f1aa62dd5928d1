import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { contactSheet, type Tile } from '../../../src/pictures/sheets/contact-sheet';

const RED = [200, 0, 0];
const tile = (width: number, height: number, colour: readonly number[], label?: string): Tile => ({
  pixels: Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!),
  width,
  height,
  ...(label !== undefined && { label }),
});

const decode = async (jpeg: Buffer) => {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return {
    ...info,
    at: (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)],
  };
};
const near = (found: readonly number[], wanted: readonly number[]): boolean =>
  found.every((value, i) => Math.abs(value - wanted[i]!) <= 6);

describe('contactSheet', () => {
  test('puts tiles row by row on a grid', async () => {
    const blue = [0, 0, 200];
    const sheet = await decode(
      await contactSheet([tile(40, 40, RED), tile(40, 40, blue), tile(40, 40, blue)], { columns: 2 }),
    );
    // Two cells of 40 with gaps of 6 before, between and after; two rows below a gap of 6.
    expect([sheet.width, sheet.height]).toEqual([98, 98]);
    expect(near(sheet.at(26, 26), RED)).toBe(true);
    expect(near(sheet.at(72, 26), blue)).toBe(true);
    expect(near(sheet.at(26, 72), blue)).toBe(true);
    expect(near(sheet.at(72, 72), [238, 238, 238])).toBe(true);
  });

  test('scales a tile that is larger than a cell and keeps its shape', async () => {
    const sheet = await decode(await contactSheet([tile(400, 200, RED)], { columns: 1 }));
    expect([sheet.width, sheet.height]).toEqual([172, 172]);
    expect(near(sheet.at(86, 86), RED)).toBe(true);
    expect(near(sheet.at(86, 20), [238, 238, 238])).toBe(true);
  });

  test('draws labels and title without fonts, the same bytes each time', async () => {
    const tiles = [tile(60, 60, RED, 'A m.0bk56n'), tile(60, 60, RED)];
    const sheet = await contactSheet(tiles, { columns: 2, title: 'Aligned faces' });
    expect(await contactSheet(tiles, { columns: 2, title: 'Aligned faces' })).toEqual(sheet);
    const plain = await contactSheet([tile(60, 60, RED, 'B m.0bk56n'), tile(60, 60, RED)], {
      columns: 2,
      title: 'Aligned faces',
    });
    expect(plain).not.toEqual(sheet);
  });

  test('says so when there is nothing to show', async () => {
    expect((await decode(await contactSheet([], { columns: 4, title: 'Faces' }))).width).toBeGreaterThan(100);
  });

  test('refuses a grid without columns', async () => {
    await expect(contactSheet([], { columns: 0 })).rejects.toThrow('columns must be an integer >= 1, got 0');
  });
});
