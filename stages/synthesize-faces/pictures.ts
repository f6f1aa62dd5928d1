import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { albumSheet } from '../../src/drawing/album-sheet';
import type { DrawingOptions } from '../../src/drawing/drawing-options';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = async function* (artifact) {
  const options = JSON.parse(await readFile(join(artifact.folder, 'drawing.json'), 'utf8')) as DrawingOptions;
  yield {
    file: 'contact-sheet.jpg',
    caption: `Drawn faces of the ${options.domain} domain. The groups are no groups of people`,
    content: await albumSheet(artifact.output('photos'), options),
  };
};
