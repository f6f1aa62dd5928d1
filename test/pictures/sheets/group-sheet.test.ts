import { describe, expect, test } from '@jest/globals';
import sharp from 'sharp';
import { groupSheet } from '../../../src/pictures/sheets/group-sheet';
import { meanFaces } from '../../../src/faces/alignment/mean-faces';

const grey = (level: number): Uint8Array => new Uint8Array(40 * 40 * 3).fill(level);

describe('groupSheet', () => {
  test('has a row per group, one face an identity, as long as the shortest', async () => {
    const sheet = groupSheet(40, 3);
    const reused = grey(10);
    for (const identity of ['1', '1', '2', '3', '4']) sheet.offer({ group: 'A', identity }, reused);
    reused.fill(200);
    expect(['1', '4'].map(identity => sheet.wants({ group: 'A', identity }))).toEqual([false, false]);
    for (const identity of ['1', '2']) sheet.offer({ group: 'B', identity }, reused);
    expect(['2', '3'].map(identity => sheet.wants({ group: 'B', identity }))).toEqual([false, true]);
    expect(sheet.size).toBe(5);
    const { data, info } = await sharp(await sheet.draw('Faces'))
      .raw()
      .toBuffer({ resolveWithObject: true });
    // Two columns of 40 with gaps of 6; heading 34, then two rows of 40 + 14 + 6.
    expect([info.width, info.height]).toEqual([98, 34 + 2 * 60]);
    const at = (x: number, y: number): number => data[(y * info.width + x) * 3]!;
    expect(Math.abs(at(72, 54) - 10)).toBeLessThan(5);
    expect(Math.abs(at(26, 114) - 200)).toBeLessThan(5);
  });

  test('draws nothing when nothing was offered', async () => {
    await expect(groupSheet(40, 3).draw('Faces')).resolves.toBeInstanceOf(Buffer);
  });
});

describe('meanFaces', () => {
  test('averages by group and rounds', () => {
    const means = meanFaces(40);
    means.add('A', grey(10));
    means.add('A', grey(13));
    means.add('B', grey(255));
    expect(means.tiles().map(({ pixels, label }) => [pixels[0], pixels.at(-1), label])).toEqual([
      [12, 12, 'A: 2 faces'],
      [255, 255, 'B: 1 faces'],
    ]);
  });
});
