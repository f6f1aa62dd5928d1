import { FACE_SIZES } from '../../src/faces/alignment/template';
import type { Stage } from '../../src/stage';
import { one } from '../../src/stage-inputs';

interface AlignFacesOptions {
  readonly size: number;
  readonly template: 'arcface';
  readonly allowSkipped: number;
  readonly damaged?: 'fail' | 'skip';
  readonly oddLandmarks?: 'fail' | 'warn';
}

const inputs = { photos: one('photo-set', 'Photographs with landmarks') };

/** Cuts a face out of every photograph, so that its landmarks lie where recognisers expect them. */
export const alignFaces: Stage<AlignFacesOptions, typeof inputs> = {
  name: 'align-faces',
  summary: 'Aligns faces to the ArcFace template by a similarity transform of five landmarks',
  version: 1,
  rowInputs: ['photos'],
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      size: {
        type: 'integer',
        enum: FACE_SIZES,
        default: 112,
        description: 'Edge of an aligned face in pixels: a multiple of 112, or of 128',
      },
      template: {
        type: 'string',
        enum: ['arcface'],
        default: 'arcface',
        description: 'Where the landmarks come to lie',
      },
      allowSkipped: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0,
        description:
          'Share of the photographs of each group that may be left out because landmarks are missing or degenerate, or the file is damaged',
      },
      damaged: {
        type: 'string',
        enum: ['fail', 'skip'],
        default: 'fail',
        description:
          'Photographs that are empty, cut short, overwritten or no pictures: `fail` counts them in allowSkipped; `skip` leaves them out and lists them without counting them there',
      },
      oddLandmarks: {
        type: 'string',
        enum: ['fail', 'warn'],
        default: 'fail',
        description:
          'A group whose landmarks are in another order, of other photographs or of other copies of them: `fail`, or `warn` and align by them all the same',
      },
    },
  },
  inputs,
  outputs: { faces: { type: 'face-set', summary: 'Aligned faces, in the order of the photographs' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
