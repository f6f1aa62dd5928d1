import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pictureFacts, shrinkPicture, shrinkToPng } from '../../../src/faces/decoding/shrink-picture';
import { put, temporaryFolder } from '../../helpers/photo-folder';

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20"><rect width="30" height="20" fill="red"/></svg>';
const { pictures } = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'fixtures', 'pictures', 'pictures.json'), 'utf8'),
) as { pictures: readonly { name: string; file: string }[] };
const named = (name: string): Buffer => Buffer.from(pictures.find(picture => picture.name === name)!.file, 'base64');
const ROOM = { width: 10, height: 10 };

describe('shrinkPicture', () => {
  test.each(['.png', '.jpg', '.webp', '.gif'])('never draws a drawing that is named %s', async ending => {
    const root = await temporaryFolder('shrink');
    for (const content of [SVG, `<?xml version="1.0"?>\n${SVG}`, named('svg, packed')]) {
      const path = await put(root, `x${ending}`, content);
      for (const read of [pictureFacts, shrinkPicture, shrinkToPng]) {
        await expect(read(path, ROOM)).rejects.toMatchObject({ code: 'unreadable-image' });
      }
    }
  });

  test('draws what is named .svg, and raster pictures by their content', async () => {
    const root = await temporaryFolder('shrink');
    expect(await pictureFacts(await put(root, 'x.svg', SVG))).toEqual({ format: 'svg', width: 30, height: 20 });
    for (const [name, format] of [
      ['png rgb 8', 'png'],
      ['webp lossy', 'webp'],
      ['gif', 'gif'],
    ] as const) {
      const path = await put(root, 'x.jpg', named(name));
      expect(await pictureFacts(path)).toEqual({ format, width: 21, height: 19 });
      expect(await shrinkPicture(path, ROOM)).toMatchObject({ width: 10, height: 9 });
    }
  });
});
