import type { Random } from '../../src/kit/math/random';
import type { Backbone, Weights } from '../../src/learning/networks/layer';
import { parametersOf, sizeOf } from '../../src/learning/networks/parameters';

/** Weights that exercise everything: no mean is 0, no gamma is 1, variances are positive. */
export function randomWeights(backbone: Backbone, random: Random): Weights {
  return new Map(
    parametersOf(backbone).map(({ name, shape, role }) => {
      const draw = role === 'variance' ? () => 0.5 + random.uniform() : () => random.normal() / 2;
      return [name, { shape, values: Float32Array.from({ length: sizeOf(shape) }, draw) }] as const;
    }),
  );
}
