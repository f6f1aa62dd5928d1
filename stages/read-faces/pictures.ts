import { join } from 'node:path';
import { readTiles } from '../../src/data/tiles';
import { contactSheet } from '../../src/pictures/sheets/contact-sheet';
import { markPoints } from '../../src/pictures/sheets/mark-points';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = async function* ({ folder }) {
  const { tiles, columns } = await readTiles(join(folder, 'photographs.tiles'));
  const marked = tiles.map(tile => markPoints(tile, tile.points ?? []));
  const content = await contactSheet(marked, { columns, title: 'Photographs and landmarks' });
  yield { file: 'contact-sheet.jpg', caption: 'Some photographs of each group, with their landmarks', content };
};
