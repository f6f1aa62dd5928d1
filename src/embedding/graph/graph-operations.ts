import type { Constant, OnnxNode } from './graph-nodes';

/** What has become of the input: channel c is slopes[c] · input + offsets[c]. */
export interface Affine {
  readonly slopes: readonly number[];
  readonly offsets: readonly number[];
  /** Which axis holds the channels; the tensor has four. */
  readonly axis: number;
}

type Operand = Affine | Constant | undefined;

/** What a node makes of it, by output; undefined when that is no line of each channel, or when a constant is not known. */
export function applyNode(node: OnnxNode, operands: readonly Operand[]): readonly Affine[] | undefined {
  const [first, second] = operands;
  if (ARITHMETIC.has(node.op)) {
    if (isAffine(first) && second && !isAffine(second)) return one(withConstant(node.op, first, second, false));
    if (isAffine(second) && first && !isAffine(first)) return one(withConstant(node.op, second, first, true));
    return undefined;
  }
  if (node.op === 'Concat') return concatenated(node, operands);
  if (!isAffine(first)) return undefined;
  if (UNCHANGED.has(node.op)) return [first];
  const others = operands.slice(1).map(operand => (isAffine(operand) ? undefined : operand));
  return OPERATIONS[node.op]?.(first, others, node);
}

const ARITHMETIC: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

/** For pixels in their range. Rounding by a cast to integers is small beside what is asked. */
const UNCHANGED: ReadonlySet<string> = new Set([
  'Identity',
  'Dropout',
  'Cast',
  'Clip',
  'Pad',
  'Resize',
  'Upsample',
  'Slice',
  'AveragePool',
]);

type Operation = (
  line: Affine,
  others: readonly (Constant | undefined)[],
  node: OnnxNode,
) => readonly Affine[] | undefined;

const OPERATIONS: Readonly<Record<string, Operation>> = {
  Neg: line => [scaled(line, -1)],
  Transpose: (line, _, { attributes: { perm = [3, 2, 1, 0] } }) => [{ ...line, axis: perm.indexOf(line.axis) }],
  // y = scale · (x - mean) / sqrt(variance + epsilon) + bias
  BatchNormalization: (line, [scale, bias, mean, variance], { attributes }) => {
    if (!scale || !bias || !mean || !variance || line.axis !== 1 || attributes['training_mode']?.[0] === 1)
      return undefined;
    const epsilon = attributes['epsilon']?.[0] ?? 1e-5;
    const factors = Array.from(scale.values, (value, c) => value / Math.sqrt(variance.values[c]! + epsilon));
    return one(mapped(line, c => [factors[c]!, bias.values[c]! - mean.values[c]! * factors[c]!]));
  },
  QuantizeLinear: (line, [scale, zero]) =>
    scale?.values.length === 1 ? [shifted(scaled(line, 1 / scale.values[0]!), zero?.values[0] ?? 0)] : undefined,
  DequantizeLinear: (line, [scale, zero]) =>
    scale?.values.length === 1 ? [scaled(shifted(line, -(zero?.values[0] ?? 0)), scale.values[0]!)] : undefined,
  // Of opset 1, which converters from Core ML still write.
  ImageScaler: (line, _, { attributes: { scale = [1], bias = [] } }) =>
    one(mapped(line, c => [scale[0]!, bias[c] ?? 0])),
  // Another order of the channels.
  Gather: (line, [indices], { attributes: { axis = [0] } }) => {
    if (axis[0] !== line.axis || indices?.shape.length !== 1) return undefined;
    const pick = (values: readonly number[]): number[] => Array.from(indices.values, i => values.at(i)!);
    return [{ ...line, slopes: pick(line.slopes), offsets: pick(line.offsets) }];
  },
  Split: (line, _, { attributes: { axis = [0] }, outputs }) => {
    if (axis[0] !== line.axis || outputs.length !== line.slopes.length) return undefined;
    return line.slopes.map((slope, c) => ({ ...line, slopes: [slope], offsets: [line.offsets[c]!] }));
  },
  // A kernel of one pixel that mixes nothing.
  Conv: (line, [kernel, bias], { attributes: { strides = [1], pads = [0] } }) => {
    const [outputs, perGroup, ...size] = kernel?.shape ?? [];
    const channels = line.slopes.length;
    if (line.axis !== 1 || !kernel || outputs !== channels || size.some(edge => edge !== 1)) return undefined;
    if (strides.some(stride => stride !== 1) || pads.some(pad => pad !== 0)) return undefined;
    const taken = Array.from({ length: channels }, (_, out) => {
      const row = Array.from(kernel.values).slice(out * perGroup!, (out + 1) * perGroup!);
      const used = row.flatMap((value, i) => (value === 0 ? [] : [i]));
      return { from: perGroup === 1 ? out : used[0]!, factor: row[used[0]!]!, alone: used.length === 1 };
    });
    if (taken.some(({ alone }) => !alone)) return undefined;
    return [
      {
        ...line,
        slopes: taken.map(({ from, factor }) => line.slopes[from]! * factor),
        offsets: taken.map(({ from, factor }, c) => line.offsets[from]! * factor + (bias?.values[c] ?? 0)),
      },
    ];
  },
};

function withConstant(op: string, line: Affine, constant: Constant, constantFirst: boolean): Affine | undefined {
  const values = byChannel(line, constant);
  if (!values) return undefined;
  switch (op) {
    case 'Add':
      return mapped(line, c => [1, values[c]!]);
    case 'Sub':
      return mapped(line, c => (constantFirst ? [-1, values[c]!] : [1, -values[c]!]));
    case 'Mul':
      return mapped(line, c => [values[c]!, 0]);
    default:
      return constantFirst ? undefined : mapped(line, c => [1 / values[c]!, 0]);
  }
}

/** The mean over each channel of a constant that is spread over the tensor as ONNX does: shapes are aligned at their ends. */
function byChannel({ slopes, axis }: Affine, { shape, values }: Constant): number[] | undefined {
  const own = axis - (4 - shape.length);
  const size = own < 0 ? 1 : (shape[own] ?? 1);
  if (size !== 1 && size !== slopes.length) return undefined;
  const inner = shape.slice(own + 1).reduce((product, length) => product * length, 1);
  const sums = new Array<number>(size).fill(0);
  for (let i = 0; i < values.length; i++) sums[own < 0 ? 0 : Math.floor(i / inner) % size]! += values[i]!;
  return slopes.map((_, c) => (sums[size === 1 ? 0 : c]! * size) / values.length);
}

function concatenated({ attributes: { axis = [0] } }: OnnxNode, operands: readonly Operand[]): Affine[] | undefined {
  const lines = operands.filter(isAffine);
  const [first] = lines;
  if (!first || lines.length !== operands.length || axis[0] !== first.axis) return undefined;
  return [{ ...first, slopes: lines.flatMap(l => l.slopes), offsets: lines.flatMap(l => l.offsets) }];
}

/** Channel c becomes factor · value + summand. */
function mapped(line: Affine, by: (channel: number) => readonly [number, number]): Affine {
  return {
    ...line,
    slopes: line.slopes.map((slope, c) => slope * by(c)[0]),
    offsets: line.offsets.map((offset, c) => offset * by(c)[0] + by(c)[1]),
  };
}

function scaled(line: Affine, factor: number): Affine {
  return mapped(line, () => [factor, 0]);
}

function shifted(line: Affine, summand: number): Affine {
  return mapped(line, () => [1, summand]);
}

function one(line: Affine | undefined): readonly Affine[] | undefined {
  return line && [line];
}

function isAffine(operand: Operand): operand is Affine {
  return operand !== undefined && 'slopes' in operand;
}

/** The constant that a node gives, where it is computed from constants alone. */
export async function evaluateConstants(
  { op, inputs, attributes, tensor }: OnnxNode,
  read: (name: string) => Promise<Constant | undefined>,
): Promise<Constant | undefined> {
  if (op === 'Constant') {
    if (tensor) return tensor();
    const values = attributes['value_float'] ?? attributes['value_int'];
    if (values) return { shape: [], values };
    const list = attributes['value_floats'] ?? attributes['value_ints'];
    return list && { shape: [list.length], values: list };
  }
  const [a, b] = [await read(inputs[0] ?? ''), await read(inputs[1] ?? '')];
  if (!a) return undefined;
  const unary = UNARY[op];
  if (unary) return { shape: a.shape, values: Array.from(a.values, unary) };
  if (op === 'Unsqueeze') {
    const shape = [...a.shape];
    const axes = Array.from(b?.values ?? attributes['axes'] ?? []);
    for (const axis of axes.sort((x, y) => x - y)) shape.splice(axis < 0 ? shape.length + 1 + axis : axis, 0, 1);
    return { ...a, shape };
  }
  if (op === 'Reshape' && b) {
    const wanted = Array.from(b.values, (size, i) => (size === 0 ? (a.shape[i] ?? 1) : size));
    const others = wanted.reduce((product, size) => (size === -1 ? product : product * size), 1);
    return { ...a, shape: wanted.map(size => (size === -1 ? a.values.length / others : size)) };
  }
  const binary = BINARY[op];
  if (!binary || !b) return undefined;
  const [longer, shorter] = a.values.length >= b.values.length ? [a, b] : [b, a];
  if (shorter.values.length !== 1 && String(shorter.shape) !== String(longer.shape)) return undefined;
  const at = ({ values }: Constant, i: number): number => values[values.length === 1 ? 0 : i]!;
  return { shape: longer.shape, values: Array.from(longer.values, (_, i) => binary(at(a, i), at(b, i))) };
}

const UNARY: Readonly<Record<string, (value: number) => number>> = {
  Identity: value => value,
  Cast: value => value,
  Neg: value => -value,
  Sqrt: Math.sqrt,
  Reciprocal: value => 1 / value,
};

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
};
