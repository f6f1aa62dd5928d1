import { UserError } from '../../errors';
import type { Dataset, DatasetFormat } from './format';
import { identityFolder } from './identity-folder';
import { listFolder } from './list-folder';

/** Every known layout; the first that fits is taken. */
export const datasetFormats: readonly DatasetFormat[] = [
  identityFolder({
    name: 'rfw',
    summary: 'Racial Faces in-the-Wild: <split>/data/<Group>/<identity>/<image>, text files in <split>/txts/<Group>',
    places: split => [`${split}/data`, `images/${split}`, `images/${split}/data`, 'data'],
  }),
  identityFolder({
    name: 'bupt',
    summary: 'BUPT-Balancedface: images/race_per_7000/<Group>/<identity>/<image>; it has no splits but train',
    places: split => (split === 'train' ? ['images/race_per_7000', 'race_per_7000', 'images', '.'] : []),
    mixed: ['images', '.'],
  }),
];

/** Finds out how a folder is laid out. Errors with `unknown-layout` (`UserError`) and says where it has looked. */
export async function openDataset(root: string, split: string): Promise<Dataset> {
  for (const format of datasetFormats) {
    const dataset = await format.find(root, split);
    if (dataset !== undefined) return dataset;
  }
  const places = datasetFormats.flatMap(format => format.places(split));
  const { folders, images, others } = await listFolder(root);
  const seen = [...folders.map(name => name + '/'), ...images, ...others];
  const shown = seen.length === 0 ? 'nothing' : seen.slice(0, 8).join(', ') + (seen.length > 8 ? ', …' : '');
  throw new UserError(
    `Cannot read data set ${root}: no <Group>/<identity>/<image> in any of ${places.join(', ')}; the folder holds ${shown}. ` +
      `Give the folder above, or another split than "${split}"`,
    { code: 'unknown-layout' },
  );
}
