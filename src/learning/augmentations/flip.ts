import { number, object, type TypeOf } from '../../kit/options';
import type { Augmentation } from './augmentation';

const options = object('Mirrors faces', {
  probability: number('Share of the faces that are mirrored, drawn again in every epoch', {
    minimum: 0,
    maximum: 1,
    default: 0.5,
  }),
});

/** Mirrors each face from left to right with a probability. */
export const flip: Augmentation<TypeOf<typeof options>> = {
  summary: 'Mirrors a face from left to right with a probability',
  options,
  plan: (faces, random, { probability }) =>
    Uint8Array.from({ length: faces }, () => Number(random.uniform() < probability)),
};
