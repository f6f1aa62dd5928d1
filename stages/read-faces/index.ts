import { datasetPart, landmarksPart } from '../../src/datasets/layouts/parts';
import type { Stage } from '../../src/stage';
import { optional } from '../../src/stage-inputs';
import { READ_OPTIONS, type ReadFacesOptions } from './options';

const inputs = {
  folder: optional('photo-folder', 'A drawn data set; or give the option `folder`', { isListed: true }),
};

/** Lists the photographs of a data set with their landmarks and pairs. The photographs stay where they lie. */
export const readFaces: Stage<ReadFacesOptions, typeof inputs> = {
  name: 'read-faces',
  summary:
    'Reads a folder of identities with landmark, pair and group files, as RFW and BUPT-Balancedface are laid out',
  version: 1,
  locationMatters: true,
  reads: {
    folder: (folder, options) => datasetPart(folder, options['split'] as string),
    landmarks: path => Promise.resolve(landmarksPart(path)),
  },
  options: READ_OPTIONS,
  inputs,
  outputs: {
    photos: { type: 'photo-set', summary: 'Every photograph with its identity, group, digest and landmarks' },
    pairs: { type: 'pair-list', summary: 'Verification pairs of the groups that have a pair file' },
  },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
