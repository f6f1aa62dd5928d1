import type { Random } from '../math/random';
import type { Backbone, Weights } from './layer';
import { parametersOf, sizeOf, type Parameter } from './parameters';

/**
 * Untrained weights. Kernels are normal with variance 2 / fan-out (He et al. 2015), as in insightface's MobileFaceNet; the
 * iResNets there use N(0, 0.1), which differs by a scale that the batch normalisation behind every convolution removes.
 * Fan-out of a depthwise kernel is that of its one filter per channel.
 */
export function initialise(backbone: Backbone, random: Random): Weights {
  return new Map(
    parametersOf(backbone).map(parameter => [
      parameter.name,
      { shape: parameter.shape, values: valuesFor(parameter, random) },
    ]),
  );
}

const CONSTANTS = { bias: 0, gamma: 1, beta: 0, mean: 0, variance: 1, slope: 0.25 } as const;

function valuesFor({ role, shape }: Parameter, random: Random): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  if (role !== 'kernel') return values.fill(CONSTANTS[role]);
  const std = Math.sqrt(2 / fanOut(shape));
  return values.map(() => std * random.normal());
}

/** Outputs that one input value reaches: [k, k, in, out] -> k * k * out; [in, out] -> out. */
function fanOut(kernel: readonly number[]): number {
  return kernel.length === 4 ? kernel[0]! * kernel[1]! * kernel[3]! : kernel.at(-1)!;
}
