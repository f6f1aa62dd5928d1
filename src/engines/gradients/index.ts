import type { Tf } from '../engine';
import { activationGradients } from './activations';
import { binaryGradients } from './binary';
import { productGradients } from './products';
import { reductionGradients } from './reductions';
import { shapeGradients } from './shapes';
import { unaryGradients } from './unary';

const FAMILIES = [
  unaryGradients,
  binaryGradients,
  activationGradients,
  reductionGradients,
  shapeGradients,
  productGradients,
];

/**
 * Registers the gradients that nobody has registered yet. tfjs-core's package for Node leaves them all out: they come only with
 * the package @tensorflow/tfjs, which carries WebGL, layers and data (and with tfjs-node, which requires it).
 */
export function registerGradients(tf: Tf): void {
  for (const gradient of FAMILIES.flatMap(family => family(tf))) {
    const known = tf.getGradient(gradient.kernelName) as object | undefined;
    if (!known) tf.registerGradient(gradient);
  }
}
