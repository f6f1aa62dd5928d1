import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import type { Random } from '../../kit/math/random';
import { normaliseWith, type BatchStatistics } from './batch-norm';
import { normaliseAndActivate } from './fused-batch-norm';
import type { Layer } from './layer';
import { isDepthwise } from './parameters';
import { prelu } from './prelu';

/** Tensors by parameter name, as `parametersOf` lists them. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** What differs in training: batch normalisation uses the batch's own statistics, and dropout drops. */
export interface TrainingMode {
  /** Called once per batch normalisation, by its name; the tensors are the caller's to dispose. */
  readonly onStatistics: (layer: string, statistics: BatchStatistics) => void;
  readonly random: Random;
}

/** Runs layers on x: [n, height, width, channels] float32, or [n, values] after `flatten`. Without `training`, inference. */
export function forward(
  tf: Tf,
  layers: readonly Layer[],
  parameters: Parameters,
  x: Tensor,
  training?: TrainingMode,
): Tensor {
  return layers.reduce((input, layer, i) => {
    // A PReLU behind a batch normalisation is done with it.
    if (training && layer.op === 'prelu' && layers[i - 1]?.op === 'batch-norm') return input;
    return through(tf, layer, parameters, input, training, layers[i + 1]);
  }, x);
}

function through(
  tf: Tf,
  layer: Layer,
  parameters: Parameters,
  x: Tensor,
  training?: TrainingMode,
  next?: Layer,
): Tensor {
  const parameter = (role: string, of = layer): Tensor => {
    const found = parameters.get(`${of.name}/${role}`);
    if (!found) throw new RangeError(`Layer ${layer.name} (${layer.op}) has no parameter "${role}"`);
    return found;
  };
  switch (layer.op) {
    case 'conv':
      return convolve(tf, layer, x as Tensor4D, parameter('kernel') as Tensor4D);
    case 'batch-norm': {
      const [gamma, beta] = [parameter('gamma'), parameter('beta')];
      if (training) {
        const slope = next?.op === 'prelu' ? parameter('slope', next) : undefined;
        const normalisation = { gamma, beta, ...(slope && { slope }) };
        return normaliseAndActivate(tf, x, normalisation, found => training.onStatistics(layer.name, found));
      }
      return normaliseWith(tf, x, { gamma, beta, mean: parameter('mean'), variance: parameter('variance') });
    }
    case 'prelu':
      return prelu(tf, x, parameter('slope'));
    case 'residual':
      return tf.add(
        forward(tf, layer.body, parameters, x, training),
        forward(tf, layer.shortcut, parameters, x, training),
      );
    case 'flatten':
      return tf.reshape(x, [x.shape[0], -1]);
    case 'dense': {
      const product = tf.matMul(x, parameter('kernel'));
      return layer.bias ? tf.add(product, parameter('bias')) : product;
    }
    case 'dropout':
      return training ? tf.mul(x, dropoutMask(tf, x.shape, layer.rate, training.random)) : x;
  }
}

function convolve(tf: Tf, layer: Extract<Layer, { op: 'conv' }>, x: Tensor4D, kernel: Tensor4D): Tensor {
  const { stride, pad, groups = 1 } = layer;
  if (isDepthwise(layer, x.shape[3])) return tf.depthwiseConv2d(x, kernel, stride, pad);
  if (groups === 1) return tf.conv2d(x, kernel, stride, pad);
  const inputs = tf.split<Tensor4D>(x, groups, 3);
  const kernels = tf.split<Tensor4D>(kernel, groups, 3);
  return tf.concat(
    inputs.map((input, group) => tf.conv2d(input, kernels[group]!, stride, pad)),
    3,
  );
}

export function dropoutMask(tf: Tf, shape: number[], rate: number, random: Random): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float32Array.from({ length: size }, () => (random.uniform() < rate ? 0 : 1 / (1 - rate)));
  return tf.tensor(values, shape, 'float32');
}
