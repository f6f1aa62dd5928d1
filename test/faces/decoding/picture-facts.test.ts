import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pictureFacts } from '../../../src/faces/decoding/picture-facts';
import { put, temporaryFolder } from '../../helpers/photo-folder';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="red"/></svg>';
const { pictures } = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'fixtures', 'pictures', 'pictures.json'), 'utf8'),
) as { pictures: readonly { name: string; file: string }[] };
const named = (name: string): Buffer => Buffer.from(pictures.find(picture => picture.name === name)!.file, 'base64');

describe('pictureFacts()', () => {
  test.each(['.png', '.jpg', '.webp', '.gif'])('never reads a drawing that is named %s', async ending => {
    const root = await temporaryFolder('picture');
    for (const content of [SVG, `<?xml version="1.0"?>\n${SVG}`, named('svg, packed')]) {
      const path = await put(root, `x${ending}`, content);
      await expect(pictureFacts(path)).rejects.toMatchObject({ code: 'unreadable-image' });
    }
  });

  test('reads what is named .svg, and raster pictures by their content', async () => {
    const root = await temporaryFolder('picture');
    expect(await pictureFacts(await put(root, 'x.svg', SVG))).toEqual({ format: 'svg', width: 30, height: 20 });
    for (const [name, format] of [
      ['png rgb 8', 'png'],
      ['webp lossy', 'webp'],
      ['gif', 'gif'],
    ] as const) {
      const path = await put(root, 'x.jpg', named(name));
      expect(await pictureFacts(path)).toEqual({ format, width: 21, height: 19 });
    }
  });
});
