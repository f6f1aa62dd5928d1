import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { drawPictures } from '../../../src/workflow/executors/draw-pictures';
import type { Picture } from '../../../src/stage';
import { toyDrawing } from '../../helpers/toy-request';
import { toyStage } from '../../helpers/toy-stages';

const picture = (more: Partial<Picture> = {}): Picture => ({ file: 'a.svg', caption: 'A', content: '', ...more });

/** Draws these, and gives the names of what is in the folder then. */
async function draw(pictures: readonly Picture[]): Promise<string[]> {
  async function* each(): AsyncGenerator<Picture> {
    for (const one of pictures) yield await Promise.resolve(one);
  }
  const stage = toyStage('toy', () => Promise.resolve(), { pictures: () => Promise.resolve({ draw: each }) });
  const request = await toyDrawing('paint', '', { stage });
  await drawPictures(request, new AbortController().signal, () => undefined);
  return readdirSync(request.folder).sort();
}

describe('drawPictures()', () => {
  test('keeps plain names of any script', async () => {
    const files = ['Zoé & Co'.replace(' & ', '+'), 'group 1 (a).svg', '_b,c=d@2.jpg', '東京.svg'];
    expect(await draw(files.map(file => picture({ file })))).toEqual([...files].sort());
  });

  test.each([
    '',
    '.hidden',
    '..',
    'a/b.svg',
    'a\\b.svg',
    '/etc/passwd',
    'a\u0000.svg',
    'a\n.svg',
    'a\u202e.svg',
    '-rf',
    'a<b>.svg',
    'a:b',
    'a.',
    'a ',
    'x'.repeat(101),
    7 as unknown as string,
  ])('refuses the name %j, and says what is wanted', async file => {
    await expect(draw([picture({ file })])).rejects.toMatchObject({
      code: 'bad-picture',
      message: expect.stringMatching(/^Stage "toy" drew a picture .* without folders, and at most 100 characters$/),
    });
  });

  test.each([
    ['a.svg', 'a.svg'],
    ['a.svg', 'A.SVG'],
    ['Zo\u00e9.svg', 'Zoe\u0301.svg'],
    ['a.svg', 'pictures.json'],
    ['a.svg', 'Pictures.JSON'],
  ])('refuses %j and %j beside each other', async (first, second) => {
    await expect(draw([picture({ file: first }), picture({ file: second })])).rejects.toMatchObject({
      message: expect.stringContaining('another file of the pictures has this name'),
    });
  });

  test.each(['', ' ', 'a\nb', 'a\u001b[2J', 'a\u202eb', 'x'.repeat(501), 7 as unknown as string])(
    'refuses the caption %j',
    async caption => {
      await expect(draw([picture({ caption })])).rejects.toMatchObject({
        code: 'bad-picture',
        message: expect.stringContaining('"a.svg" that cannot be kept: its caption must be one line of printable text'),
      });
    },
  );

  test('refuses what is neither text nor bytes', async () => {
    await expect(draw([picture({ content: [1] as unknown as string })])).rejects.toThrow('must be a text or bytes');
  });

  test('refuses more than 100, and more than 64 MiB in all', async () => {
    const many = Array.from({ length: 101 }, (_, i) => picture({ file: `${i}.svg` }));
    expect(await draw(many.slice(1))).toHaveLength(100);
    await expect(draw(many)).rejects.toThrow('draw at most 100 pictures');
    const large = [new Uint8Array(2 ** 26 - 1), new Uint8Array(2)];
    await expect(draw(large.map((content, i) => picture({ file: `${i}`, content })))).rejects.toThrow(
      /at most 6.* MB in all|64/,
    );
  });
});
