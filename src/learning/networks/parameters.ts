import type { Backbone, Layer } from './layer';

export type ParameterRole = 'kernel' | 'bias' | 'gamma' | 'beta' | 'mean' | 'variance' | 'slope';

/** One array of a backbone. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly role: ParameterRole;
  /** Whether gradient descent changes it: not the running statistics, nor a fixed gamma. */
  readonly trained: boolean;
  /** Of the layer, for a kernel or a bias. */
  readonly fans?: Fans;
}

/** What decides the scale of a layer's first weights. */
export interface Fans {
  /** Inputs that an output value is made of. */
  readonly in: number;
  /** k * k * filters, as PyTorch counts: with groups, an input value reaches out / groups. */
  readonly out: number;
  readonly groups: number;
}

/** [height, width, channels], or [values] after `flatten`; without the batch. */
export type Shape = readonly number[];

/** All parameters in layer order. */
export function parametersOf(backbone: Backbone): readonly Parameter[] {
  const found: Parameter[] = [];
  walk(backbone.layers, inputShape(backbone), found);
  return found;
}

/** How many numbers training changes. */
export function countParameters(backbone: Backbone): number {
  return parametersOf(backbone)
    .filter(({ trained }) => trained)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Shape of the backbone's output for one face. Throws a `RangeError` when layers do not fit each other. */
export function outputShape(backbone: Backbone): Shape {
  return walk(backbone.layers, inputShape(backbone), []);
}

/** Multiply-adds of convolutions and dense layers for one face. */
export function countMultiplyAdds(backbone: Backbone): number {
  let sum = 0;
  walk(backbone.layers, inputShape(backbone), [], (kernel, output) => {
    const places = output.length === 3 ? output[0]! * output[1]! : 1;
    sum += places * sizeOf(kernel);
  });
  return sum;
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

function inputShape({ inputSize }: Backbone): Shape {
  return [inputSize, inputSize, 3];
}

type OnKernel = (kernel: Shape, output: Shape) => void;

function walk(layers: readonly Layer[], input: Shape, found: Parameter[], onKernel?: OnKernel): Shape {
  return layers.reduce((shape, layer) => through(layer, shape, found, onKernel), input);
}

function through(layer: Layer, input: Shape, found: Parameter[], onKernel?: OnKernel): Shape {
  const channels = input.at(-1)!;
  const add = (role: ParameterRole, shape: Shape, trained = true, fans?: Fans): void => {
    found.push({ name: `${layer.name}/${role}`, shape, role, trained, ...(fans && { fans }) });
  };
  switch (layer.op) {
    case 'conv': {
      const output = convolved(layer, input);
      const kernel = [layer.kernel, layer.kernel, ...kernelChannels(layer, channels)];
      const { groups = 1, filters, kernel: k } = layer;
      add('kernel', kernel, true, { in: (k * k * channels) / groups, out: k * k * filters, groups });
      onKernel?.(kernel, output);
      return output;
    }
    case 'batch-norm':
      add('gamma', [channels], !layer.fixedGamma);
      add('beta', [channels]);
      add('mean', [channels], false);
      add('variance', [channels], false);
      return input;
    case 'prelu':
      add('slope', [channels]);
      return input;
    case 'residual': {
      const body = walk(layer.body, input, found, onKernel);
      const shortcut = walk(layer.shortcut, input, found, onKernel);
      if (body.join() !== shortcut.join()) refuse(layer, `body gives [${body.join()}], shortcut [${shortcut.join()}]`);
      return body;
    }
    case 'flatten':
      return [sizeOf(input)];
    case 'dense': {
      if (input.length !== 1) refuse(layer, `input is [${input.join()}], want flat values`);
      const fans = { in: channels, out: layer.units, groups: 1 };
      add('kernel', [channels, layer.units], true, fans);
      onKernel?.([channels, layer.units], [layer.units]);
      if (layer.bias) add('bias', [layer.units], true, fans);
      return [layer.units];
    }
    case 'dropout':
      return input;
  }
}

type Convolution = Extract<Layer, { op: 'conv' }>;

function convolved(layer: Convolution, input: Shape): Shape {
  const [height, width] = input;
  if (input.length !== 3) refuse(layer, `input is [${input.join()}], want [height,width,channels]`);
  const side = (length: number): number => Math.floor((length + 2 * layer.pad - layer.kernel) / layer.stride) + 1;
  const output = [side(height!), side(width!), layer.filters];
  if (Math.min(...output) < 1) refuse(layer, `kernel ${layer.kernel} is larger than input [${input.join()}]`);
  return output;
}

/** The last two sizes of a kernel: [in / groups, filters], or [in, 1] when depthwise. */
function kernelChannels(layer: Convolution, channels: number): Shape {
  const { groups = 1, filters } = layer;
  if (isDepthwise(layer, channels)) return [channels, 1];
  if (channels % groups !== 0 || filters % groups !== 0) {
    refuse(layer, `${groups} groups divide neither ${channels} channels nor ${filters} filters evenly`);
  }
  return [channels / groups, filters];
}

/** Every channel has its own filter. */
export function isDepthwise({ groups = 1, filters }: Convolution, channels: number): boolean {
  return groups > 1 && groups === channels && filters === channels;
}

function refuse(layer: Layer, reason: string): never {
  throw new RangeError(`Layer ${layer.name} (${layer.op}) does not fit: ${reason}`);
}
