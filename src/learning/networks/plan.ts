import type { Backbone, Layer } from './layer';
import { parametersOf } from './parameters';

/** A matrix of activations: rows are (image, row, column), in this order. `sameAs` names the value whose memory it is in another shape. */
export interface PlannedValue {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly sameAs: number;
}

/** Batch normalisation and PReLU, applied by the reader of the value. Parameters by index in `parametersOf`; -1 without. */
export interface PlannedActivation {
  readonly value: number;
  readonly gamma: number;
  readonly beta: number;
  /** Number of the batch normalisation in layer order. */
  readonly statistics: number;
  slopes: number;
}

/** A value, with what is applied to it on the way in; -1 without. */
export interface Term {
  readonly value: number;
  readonly activation: number;
}

export interface PlannedNode {
  readonly op: 'conv' | 'depthwise' | 'dense' | 'sum' | 'mask' | 'flatten';
  readonly name: string;
  readonly inputs: readonly Term[];
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  /** Index of the parameter; of the mask, for `mask`. */
  readonly weights: number;
  readonly bias: number;
}

/**
 * A backbone's training pass as data for an engine that runs the whole of it: nodes in forward order. Value 0 is the input. Nothing
 * between two convolutions is a node: normalisation and activation belong to the reading of a value.
 */
export interface TrainingPlan {
  readonly values: readonly PlannedValue[];
  readonly activations: readonly PlannedActivation[];
  readonly nodes: readonly PlannedNode[];
  readonly output: Term;
  /** Names of the batch normalisations by their number. */
  readonly statistics: readonly string[];
  /** Rates of the dropouts by the number of their mask, and how many values of an image each masks. */
  readonly masks: readonly { readonly rate: number; readonly size: number }[];
}

/** The plan of a backbone; undefined where it has a layer that the plan cannot say (groups other than depthwise, an output that is an image). */
export function planTraining(backbone: Backbone): TrainingPlan | undefined {
  const draft = startDraft(backbone);
  try {
    const output = walk(draft, backbone.layers, { value: 0, activation: -1 });
    const { height, width } = draft.values[output.value]!;
    return height * width === 1 ? { ...draft, output } : undefined;
  } catch (error) {
    if (error instanceof NotPlanned) return undefined;
    throw error;
  }
}

class NotPlanned extends Error {}

interface Draft {
  readonly index: ReadonlyMap<string, number>;
  readonly values: PlannedValue[];
  readonly activations: PlannedActivation[];
  readonly nodes: PlannedNode[];
  readonly statistics: string[];
  readonly masks: { rate: number; size: number }[];
}

function startDraft(backbone: Backbone): Draft {
  const { inputSize } = backbone;
  return {
    index: new Map(parametersOf(backbone).map(({ name }, i) => [name, i])),
    values: [{ height: inputSize, width: inputSize, channels: 3, sameAs: -1 }],
    activations: [],
    nodes: [],
    statistics: [],
    masks: [],
  };
}

function walk(draft: Draft, layers: readonly Layer[], input: Term): Term {
  return layers.reduce((term, layer) => through(draft, layer, term), input);
}

function through(draft: Draft, layer: Layer, input: Term): Term {
  const parameter = (role: string): number => draft.index.get(`${layer.name}/${role}`)!;
  const { height, width, channels } = draft.values[input.value]!;
  switch (layer.op) {
    case 'conv': {
      const { kernel, stride, pad, groups = 1, filters } = layer;
      const isDepthwise = groups > 1 && groups === channels && filters === channels;
      if ((groups > 1 && !isDepthwise) || (isDepthwise && input.value === 0)) throw new NotPlanned();
      const side = (length: number): number => Math.floor((length + 2 * pad - kernel) / stride) + 1;
      const output = addValue(draft, { height: side(height), width: side(width), channels: filters });
      const op = isDepthwise ? 'depthwise' : 'conv';
      return addNode(draft, { op, layer, inputs: [input], output, kernel, stride, pad, weights: parameter('kernel') });
    }
    case 'batch-norm': {
      const { value } = owned(draft, layer, input);
      draft.statistics.push(layer.name);
      draft.activations.push({
        value,
        gamma: parameter('gamma'),
        beta: parameter('beta'),
        statistics: draft.statistics.length - 1,
        slopes: -1,
      });
      return { value, activation: draft.activations.length - 1 };
    }
    case 'prelu': {
      const normalised = draft.activations[input.activation];
      if (normalised?.slopes === -1) {
        normalised.slopes = parameter('slope');
        return input;
      }
      const { value } = owned(draft, layer, input);
      draft.activations.push({ value, gamma: -1, beta: -1, statistics: -1, slopes: parameter('slope') });
      return { value, activation: draft.activations.length - 1 };
    }
    case 'residual': {
      const start = written(draft, layer, input);
      const body = walk(draft, layer.body, start);
      const shortcut = walk(draft, layer.shortcut, start);
      // The input's pixels are read by convolutions only.
      if (body.value === 0 || shortcut.value === 0) throw new NotPlanned();
      const output = addValue(draft, draft.values[body.value]!);
      return addNode(draft, { op: 'sum', layer, inputs: [body, shortcut], output });
    }
    case 'flatten': {
      const start = written(draft, layer, input);
      if (start.value === 0) throw new NotPlanned();
      const output = addValue(draft, { height: 1, width: 1, channels: height * width * channels }, start.value);
      return addNode(draft, { op: 'flatten', layer, inputs: [start], output });
    }
    case 'dense': {
      const start = written(draft, layer, input);
      const output = addValue(draft, { height: 1, width: 1, channels: layer.units });
      const bias = layer.bias ? parameter('bias') : -1;
      return addNode(draft, { op: 'dense', layer, inputs: [start], output, weights: parameter('kernel'), bias });
    }
    case 'dropout': {
      const start = written(draft, layer, input);
      if (start.value === 0) throw new NotPlanned();
      draft.masks.push({ rate: layer.rate, size: height * width * channels });
      const output = addValue(draft, { height, width, channels });
      return addNode(draft, { op: 'mask', layer, inputs: [start], output, weights: draft.masks.length - 1 });
    }
  }
}

/** The value with nothing left to apply. */
function written(draft: Draft, layer: Layer, input: Term): Term {
  return input.activation === -1 ? input : copied(draft, layer, input);
}

/** A value that a normalisation may be attached to: one whose writer counts its moments. */
function owned(draft: Draft, layer: Layer, input: Term): Term {
  if (input.value === 0) throw new NotPlanned();
  const writer = draft.nodes.find(({ output }) => output === input.value)!;
  const counts = writer.op !== 'flatten' && writer.op !== 'mask';
  return input.activation === -1 && counts ? input : copied(draft, layer, input);
}

function copied(draft: Draft, layer: Layer, input: Term): Term {
  if (input.value === 0) throw new NotPlanned();
  const output = addValue(draft, draft.values[input.value]!);
  return addNode(draft, { op: 'sum', layer, inputs: [input], output });
}

function addValue(draft: Draft, shape: Omit<PlannedValue, 'sameAs'>, sameAs = -1): number {
  const { height, width, channels } = shape;
  draft.values.push({ height, width, channels, sameAs });
  return draft.values.length - 1;
}

type NewNode = Pick<PlannedNode, 'op' | 'inputs' | 'output'> & Partial<PlannedNode> & { readonly layer: Layer };

function addNode(draft: Draft, { layer, ...node }: NewNode): Term {
  draft.nodes.push({ kernel: 1, stride: 1, pad: 0, weights: -1, bias: -1, name: layer.name, ...node });
  return { value: node.output, activation: -1 };
}
