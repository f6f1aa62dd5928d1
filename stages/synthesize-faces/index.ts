import { MOST_OF_EACH, type DrawingOptions } from '../../src/drawing/photo-plan';
import type { OptionSchema, Stage } from '../../src/stage';

const inputs = {};

/** Draws photographs of parametric faces, so that the pipelines run on a machine without any data set. */
export const synthesizeFaces: Stage<DrawingOptions, typeof inputs> = {
  name: 'synthesize-faces',
  summary:
    'Draws photographs of parametric faces (of nobody) with landmarks, groups and verification pairs, laid out as RFW',
  version: 1,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      seed: { type: 'integer', minimum: 0, default: 1, description: 'The same seed gives the same bytes' },
      domain: {
        type: 'string',
        enum: ['real', 'synthetic'],
        default: 'real',
        description:
          'Stand-in for photographs with rich circumstances, or for the tidier output of a face generator with its artefacts',
      },
      groups: {
        type: 'array',
        items: { type: 'string', enum: ['A', 'B', 'C', 'D'] },
        minItems: 1,
        uniqueItems: true,
        default: ['A', 'B', 'C', 'D'],
        description: 'Groups to draw; they differ in the distribution of parameters and are no groups of people',
      },
      trainIdentities: count('Identities of each group in the train split; 0 leaves the split out', 0, 20),
      trainImages: count('Photos of each identity in the train split', 1, 6),
      testIdentities: count(
        'Identities of each group in the test split, none of them in train; 0 leaves it out',
        0,
        40,
      ),
      testImages: count('Photos of each identity in the test split', 1, 4),
      pairsPerFold: count('Genuine pairs, and as many impostor pairs, in each of the 10 folds of each group', 1, 12),
      size: { type: 'integer', minimum: 112, maximum: 1024, default: 200, description: 'Side of a photo in pixels' },
    },
  },
  inputs,
  outputs: {
    photos: { type: 'photo-folder', summary: 'Photographs with landmarks, people and pairs, laid out as RFW' },
  },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};

function count(description: string, minimum: number, preset: number): OptionSchema {
  return { type: 'integer', minimum, maximum: MOST_OF_EACH, default: preset, description };
}
