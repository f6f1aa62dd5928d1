import { permutation } from '../../kit/math/random';
import { object, type TypeOf } from '../../kit/options';
import type { Sampler } from './sampler';

const options = object('Every sample once an epoch, in an order of its own', {});

/** A permutation of all samples, anew in every epoch. */
export const shuffled: Sampler<TypeOf<typeof options>> = {
  summary: 'Every sample once an epoch, in a random order',
  options,
  repeats: false,
  order: ({ count }, random) => permutation(count, random),
};
