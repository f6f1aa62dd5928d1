import type { Layer, Weights } from '../../src/learning/networks/layer';

/** Row-major; [n, height, width, channels] or [n, values]. */
export interface NaiveTensor {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number> & Iterable<number>;
}

/** What layers mean, by plain loops in float64 and with nothing of tfjs or ONNX: the reference for both. Inference form. */
export function naiveForward(
  layers: readonly Layer[],
  weights: Weights,
  input: NaiveTensor,
): NaiveTensor & { readonly values: Float64Array } {
  let x: Exact = { shape: input.shape, values: Float64Array.from(input.values) };
  for (const layer of layers) x = through(layer, weights, x);
  return x;
}

type Exact = NaiveTensor & { readonly values: Float64Array };

function through(layer: Layer, weights: Weights, x: Exact): Exact {
  const of = (role: string): Float32Array => weights.get(`${layer.name}/${role}`)!.values;
  const perChannel = (f: (value: number, channel: number) => number): Exact => {
    const channels = x.shape.at(-1)!;
    return { shape: x.shape, values: x.values.map((value, i) => f(value, i % channels)) };
  };
  switch (layer.op) {
    case 'conv':
      return convolve(layer, weights.get(`${layer.name}/kernel`)!, x);
    case 'batch-norm': {
      const [gamma, beta, mean, variance] = [of('gamma'), of('beta'), of('mean'), of('variance')];
      return perChannel((value, c) => ((value - mean[c]!) / Math.sqrt(variance[c]! + 1e-5)) * gamma[c]! + beta[c]!);
    }
    case 'prelu': {
      const slope = of('slope');
      return perChannel((value, c) => (value >= 0 ? value : value * slope[c]!));
    }
    case 'residual': {
      const body = naiveForward(layer.body, weights, x);
      const shortcut = naiveForward(layer.shortcut, weights, x);
      return { shape: body.shape, values: body.values.map((value, i) => value + shortcut.values[i]!) };
    }
    case 'flatten':
      return { shape: [x.shape[0]!, x.values.length / x.shape[0]!], values: x.values };
    case 'dense': {
      const [n, width] = x.shape as [number, number];
      const kernel = of('kernel');
      const bias = layer.bias ? of('bias') : undefined;
      const values = new Float64Array(n * layer.units);
      for (let i = 0; i < n; i++) {
        for (let u = 0; u < layer.units; u++) {
          let sum = bias?.[u] ?? 0;
          for (let j = 0; j < width; j++) sum += x.values[i * width + j]! * kernel[j * layer.units + u]!;
          values[i * layer.units + u] = sum;
        }
      }
      return { shape: [n, layer.units], values };
    }
    case 'dropout':
      return x;
  }
}

function convolve(
  { filters, kernel: k, stride, pad, groups = 1 }: Extract<Layer, { op: 'conv' }>,
  weight: { readonly shape: readonly number[]; readonly values: Float32Array },
  x: Exact,
): Exact {
  const [n, height, width, channels] = x.shape as [number, number, number, number];
  const perGroup = channels / groups;
  const filtersPerGroup = filters / groups;
  // A depthwise kernel is stored [k, k, channels, 1], every other [k, k, channels / groups, filters].
  const depthwise = weight.shape[3] === 1 && groups === channels && filters === channels && groups > 1;
  const tap = (dy: number, dx: number, i: number, f: number): number =>
    weight.values[depthwise ? (dy * k + dx) * channels + f : ((dy * k + dx) * perGroup + i) * filters + f]!;
  const [outHeight, outWidth] = [height, width].map(side => Math.floor((side + 2 * pad - k) / stride) + 1) as [
    number,
    number,
  ];
  const values = new Float64Array(n * outHeight * outWidth * filters);
  let to = 0;
  for (let image = 0; image < n; image++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let f = 0; f < filters; f++) {
          const first = Math.floor(f / filtersPerGroup) * perGroup;
          let sum = 0;
          for (let dy = 0; dy < k; dy++) {
            for (let dx = 0; dx < k; dx++) {
              const [y, xx] = [oy * stride + dy - pad, ox * stride + dx - pad];
              if (y < 0 || y >= height || xx < 0 || xx >= width) continue;
              for (let i = 0; i < perGroup; i++) {
                sum += x.values[((image * height + y) * width + xx) * channels + first + i]! * tap(dy, dx, i, f);
              }
            }
          }
          values[to++] = sum;
        }
      }
    }
  }
  return { shape: [n, outHeight, outWidth, filters], values };
}
