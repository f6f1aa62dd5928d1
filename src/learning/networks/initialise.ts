import type { Random } from '../../kit/math/random';
import { HE_FAN_OUT, type Initialisation, type KernelStart } from './first-weights';
import type { Backbone, Weights } from './layer';
import { parametersOf, sizeOf, type Fans, type Parameter } from './parameters';

/**
 * Untrained weights. Kernels as `backbone.initialisation` says; batch normalisation 1, 0, 0, 1 and slopes 0.25, PyTorch's defaults, which
 * all published students keep. The scale of a kernel before a batch normalisation changes nothing in the forward pass, but the
 * relative size of a step goes with 1 / |w|², so that it decides how fast the network learns.
 */
export function initialise(backbone: Backbone, random: Random): Weights {
  const { initialisation = HE_FAN_OUT } = backbone;
  return new Map(
    parametersOf(backbone).map(parameter => [
      parameter.name,
      { shape: parameter.shape, values: valuesFor(parameter, initialisation, random) },
    ]),
  );
}

const CONSTANTS = { bias: 0, gamma: 1, beta: 0, mean: 0, variance: 1, slope: 0.25 } as const;

function valuesFor({ role, shape, fans }: Parameter, initialisation: Initialisation, random: Random): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  // Convolutions have no bias.
  const start = shape.length === 4 ? initialisation.convolutions : initialisation.dense;
  if (fans && start === 'uniform-fan-in') {
    const bound = 1 / Math.sqrt(fans.in);
    return values.map(() => bound * (2 * random.uniform() - 1));
  }
  if (role !== 'kernel') return values.fill(CONSTANTS[role]);
  const std = deviation(start, fans!);
  return values.map(() => std * random.normal());
}

function deviation(start: KernelStart, { out, groups }: Fans): number {
  if (typeof start === 'number') return start;
  return Math.sqrt(2 / (start === 'he-fan-out-per-group' ? out / groups : out));
}
