import type { Backbone, Layer, Weights } from '../networks/layer';
import { contractMetadata, OUR_PIXELS } from '../../models/input-contract';
import { encodeOnnx, type OnnxAttribute, type OnnxInitializer, type OnnxNode } from '../../models/onnx-proto';

export const ONNX_INPUT = 'input';
export const ONNX_OUTPUT = 'embedding';

/** As in training (PyTorch's default). */
const EPSILON = 1e-5;

/**
 * A trained backbone as an ONNX file (opset 13): input `input` [N, 3, S, S] float32, output `embedding` [N, D] raw, N open. Batch
 * normalisation in inference form, dropout left out. Its metadata say how it is to be fed (`InputContract`). Equal weights give
 * equal bytes.
 */
export function exportOnnx(
  backbone: Backbone,
  weights: Weights,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const { name: architecture, inputSize, embeddingSize } = backbone;
  const graph = new GraphBuilder(weights);
  const last = graph.add(backbone.layers, { name: ONNX_INPUT, shape: [3, inputSize, inputSize] });
  graph.node('Identity', 'output', [last.name], {}, ONNX_OUTPUT);
  return encodeOnnx({
    opset: 13,
    producer: 'fairdistill',
    graphName: backbone.name,
    metadata: { ...contractMetadata({ ...OUR_PIXELS, architecture, inputSize, embeddingSize }), ...metadata },
    nodes: graph.nodes,
    initializers: graph.initializers,
    inputs: [{ name: ONNX_INPUT, shape: ['N', 3, inputSize, inputSize] }],
    outputs: [{ name: ONNX_OUTPUT, shape: ['N', embeddingSize] }],
  });
}

/** What flows between nodes: [C, H, W], or [values] after `flatten`, then with the [C, H, W] that they came from. */
interface Flow {
  readonly name: string;
  readonly shape: readonly number[];
  readonly flattened?: readonly number[];
}

class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly #weights: Weights;

  constructor(weights: Weights) {
    this.#weights = weights;
  }

  add(layers: readonly Layer[], input: Flow): Flow {
    return layers.reduce((flow, layer) => this.#layer(layer, flow), input);
  }

  node(
    opType: string,
    name: string,
    inputs: readonly string[],
    attributes: OnnxNode['attributes'],
    output = `${name}:output`,
  ): string {
    this.nodes.push({ opType, name, inputs, outputs: [output], attributes });
    return output;
  }

  #layer(layer: Layer, x: Flow): Flow {
    switch (layer.op) {
      case 'conv':
        return this.#conv(layer, x);
      case 'batch-norm': {
        const roles = ['gamma', 'beta', 'mean', 'variance'].map(role => this.#copy(`${layer.name}/${role}`));
        return {
          ...x,
          name: this.node('BatchNormalization', layer.name, [x.name, ...roles], { epsilon: { float: EPSILON } }),
        };
      }
      case 'prelu': {
        const { values } = this.#weight(`${layer.name}/slope`);
        const slope = this.#initializer(
          `${layer.name}/slope`,
          [values.length, ...x.shape.slice(1).map(() => 1)],
          values,
        );
        return { ...x, name: this.node('PRelu', layer.name, [x.name, slope], {}) };
      }
      case 'residual': {
        const body = this.add(layer.body, x);
        const shortcut = this.add(layer.shortcut, x);
        return { ...body, name: this.node('Add', layer.name, [body.name, shortcut.name], {}) };
      }
      case 'flatten': {
        const name = this.node('Flatten', layer.name, [x.name], { axis: { int: 1 } });
        return { name, shape: [product(x.shape)], flattened: x.shape };
      }
      case 'dense':
        return this.#dense(layer, x);
      case 'dropout':
        return x;
    }
  }

  #conv(layer: Extract<Layer, { op: 'conv' }>, x: Flow): Flow {
    const { name, filters, kernel: k, stride, pad, groups = 1 } = layer;
    const { shape, values } = this.#weight(`${name}/kernel`);
    const depthwise = shape[3] === 1 && groups === x.shape[0] && groups > 1 && filters === groups;
    // HWIO -> OIHW; a depthwise kernel [k, k, C, 1] becomes [C, 1, k, k], which is the same permutation with I and O exchanged.
    const order = depthwise ? [2, 3, 0, 1] : [3, 2, 0, 1];
    const kernel = this.#initializer(
      `${name}/kernel`,
      order.map(axis => shape[axis]!),
      transpose(values, shape, order),
    );
    const attributes: Record<string, OnnxAttribute> = {
      kernel_shape: { ints: [k, k] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
      group: { int: groups },
    };
    const side = (length: number): number => Math.floor((length + 2 * pad - k) / stride) + 1;
    return {
      name: this.node('Conv', name, [x.name, kernel], attributes),
      shape: [filters, side(x.shape[1]!), side(x.shape[2]!)],
    };
  }

  #dense({ name, units, bias }: Extract<Layer, { op: 'dense' }>, x: Flow): Flow {
    const { values } = this.#weight(`${name}/kernel`);
    // Training flattened [H, W, C]; here the values come as [C, H, W]: move the kernel's rows accordingly.
    const [c, h, w] = x.flattened ?? [x.shape[0]!, 1, 1];
    const rows = transpose(values, [h!, w!, c!, units], [2, 0, 1, 3]);
    const inputs = [x.name, this.#initializer(`${name}/kernel`, [x.shape[0]!, units], rows)];
    if (bias) inputs.push(this.#copy(`${name}/bias`));
    return { name: this.node('Gemm', name, inputs, {}), shape: [units] };
  }

  #copy(name: string): string {
    const { shape, values } = this.#weight(name);
    return this.#initializer(name, shape, values);
  }

  #initializer(name: string, shape: readonly number[], values: Float32Array): string {
    this.initializers.push({ name, shape, values });
    return name;
  }

  #weight(name: string): { readonly shape: readonly number[]; readonly values: Float32Array } {
    const weight = this.#weights.get(name);
    if (!weight) throw new RangeError(`Cannot export to ONNX: the weights hold no "${name}"`);
    return weight;
  }
}

/** Axis `i` of the result is axis `order[i]` of the input. Row-major. */
function transpose(values: Float32Array, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => product(shape.slice(axis + 1)));
  const sizes = order.map(axis => shape[axis]!);
  const result = new Float32Array(values.length);
  const place = sizes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = values[from]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      const stride = strides[order[axis]!]!;
      from += stride;
      if (++place[axis]! < sizes[axis]!) break;
      from -= stride * sizes[axis]!;
      place[axis] = 0;
    }
  }
  return result;
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}
