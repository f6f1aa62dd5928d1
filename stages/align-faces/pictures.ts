import { join } from 'node:path';
import { openFaceSet, type FaceSet } from '../../src/data/face-set';
import { readTiles } from '../../src/data/tiles';
import { contactSheet } from '../../src/pictures/sheets/contact-sheet';
import { groupSheet, type GroupSheet } from '../../src/pictures/sheets/group-sheet';
import type { StagePictures } from '../../src/stage';

const COLUMNS = 10;

export const draw: StagePictures['draw'] = async function* (artifact) {
  const faces = await openFaceSet(artifact.output('faces'));
  try {
    const sheet = await firstFaces(faces);
    const content = await sheet.draw('Aligned faces');
    yield { file: 'contact-sheet.jpg', caption: 'Aligned faces, one row per group', content };
  } finally {
    await faces.close();
  }
  const { tiles, columns } = await readTiles(join(artifact.folder, 'mean-faces.tiles'));
  const content = await contactSheet(tiles, { columns, title: 'Mean faces' });
  yield { file: 'mean-faces.jpg', caption: 'The mean of the aligned faces of each group', content };
};

/** The first face of each of the first identities of each group. */
async function firstFaces(faces: FaceSet): Promise<GroupSheet> {
  const sheet = groupSheet(faces.size, COLUMNS);
  const groups = Object.values(faces.info.groups);
  const most = groups.reduce((sum, { identities }) => sum + Math.min(COLUMNS, identities), 0);
  const pixels = new Uint8Array(faces.size * faces.size * 3);
  for await (const face of faces.rows()) {
    if (!sheet.wants(face)) continue;
    await faces.readPixels(face.row, pixels);
    sheet.offer(face, pixels);
    if (sheet.size === most) break;
  }
  return sheet;
}
