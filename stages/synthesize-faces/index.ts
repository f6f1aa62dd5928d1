import { DRAWING_OPTIONS, type DrawingOptions } from '../../src/drawing/drawing-options';
import type { Stage } from '../../src/stage';

const inputs = {};

/** Draws photographs of parametric faces, so that the pipelines run on a machine without any data set. */
export const synthesizeFaces: Stage<DrawingOptions, typeof inputs> = {
  name: 'synthesize-faces',
  summary:
    'Draws photographs of parametric faces (not of real people) with landmarks, groups and verification pairs, laid out as RFW',
  version: 1,
  options: DRAWING_OPTIONS,
  inputs,
  outputs: {
    photos: { type: 'photo-folder', summary: 'Photographs with landmarks, people and pairs, laid out as RFW' },
  },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
