import { permutation } from '../../kit/math/random';
import { object } from '../../kit/options';
import type { Sampler } from './sampler';

/** A permutation of all samples, a new one in every epoch. */
export const shuffled: Sampler = {
  summary: 'Every sample once an epoch, in a random order',
  options: object('Every sample once an epoch, in an order of its own', {}),
  repeats: false,
  order: ({ count }, random) => permutation(count, random),
};
