import { FACE_SIZES } from '../../src/faces/alignment/template';
import { choice, integer, number, object, type TypeOf } from '../../src/kit/options';
import type { Stage } from '../../src/stage';
import { one } from '../../src/stage-inputs';

const options = object('How faces are cut out', {
  size: integer('Edge of an aligned face in pixels: a multiple of 112, or of 128', { enum: FACE_SIZES, default: 112 }),
  template: choice('Where the landmarks are placed', ['arcface'], { default: 'arcface' }),
  allowSkipped: number(
    'Share of the photographs of each group that may be left out because landmarks are missing or degenerate, or the file is damaged',
    { minimum: 0, maximum: 1, default: 0 },
  ),
  damaged: choice(
    'What to do with photographs that are empty, cut short, overwritten or no pictures: `fail` counts them against allowSkipped; `skip` leaves them out and lists them, uncounted',
    ['fail', 'skip'],
    { default: 'fail' },
  ),
  oddLandmarks: choice(
    'What to do when the landmarks of a group are in another order, of other photographs or of other copies of them: `fail`, or `warn` and align by them nevertheless',
    ['fail', 'warn'],
    { default: 'fail' },
  ),
});
const inputs = { photos: one('photo-set', 'Photographs with landmarks') };

/** Cuts a face out of every photograph, so that its landmarks lie where recognisers expect them. */
export const alignFaces: Stage<TypeOf<typeof options>, typeof inputs> = {
  name: 'align-faces',
  summary: 'Aligns faces to the ArcFace template by a similarity transform of five landmarks',
  version: 1,
  rowInputs: ['photos'],
  options,
  inputs,
  outputs: { faces: { type: 'face-set', summary: 'Aligned faces, in the order of the photographs' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
