import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTiles } from '../../src/data/tiles';
import type { GroupCounts } from '../../src/datasets/mixing/mix-counts';
import { SOURCES } from '../../src/datasets/mixing/mix-plan';
import { barChart } from '../../src/pictures/charts/bar-chart';
import { contactSheet } from '../../src/pictures/sheets/contact-sheet';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = async function* (artifact) {
  const { tiles, columns } = await readTiles(join(artifact.folder, 'chosen-faces.tiles'));
  const sheet = await contactSheet(tiles, { columns, title: 'Mix: real left, synthetic right' });
  yield { file: 'contact-sheet.jpg', caption: 'Chosen faces, real left and synthetic right', content: sheet };
  const { groups } = JSON.parse(await readFile(join(artifact.output('selection'), 'selection.json'), 'utf8')) as {
    readonly groups: Readonly<Record<string, GroupCounts>>;
  };
  const chart = barChart({
    title: 'Identities of each group',
    x: { label: 'group' },
    y: { label: 'identities' },
    categories: Object.keys(groups),
    series: SOURCES.map(name => ({ name, values: Object.values(groups).map(group => group[name].identities) })),
  });
  yield { file: 'mix.svg', caption: 'Real and synthetic identities of each group', content: chart };
};
