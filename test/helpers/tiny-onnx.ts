import { Writer } from 'protobufjs';

/** A dimension of a port: a number, or the name of one that is free. */
export type Dimension = number | string;

export interface TinyOnnx {
  readonly inputs?: readonly { readonly name: string; readonly shape: readonly Dimension[]; readonly type?: number }[];
  readonly nodes?: readonly TinyNode[];
  readonly initializers?: Readonly<Record<string, TinyTensor>>;
  readonly outputs?: readonly { readonly name: string; readonly shape: readonly Dimension[]; readonly type?: number }[];
  readonly metadata?: Readonly<Record<string, string>>;
  readonly ir?: number;
  readonly opset?: number;
  /** Of the domain `own`, which must be among `domains`. */
  readonly functions?: Readonly<Record<string, TinyBody>>;
  /** Of operators of others, in version 1. */
  readonly domains?: readonly string[];
}

export interface TinyNode {
  readonly op: string;
  readonly in: readonly string[];
  /** A name, or several with spaces between them. */
  readonly out: string;
  readonly domain?: string;
  readonly ints?: Readonly<Record<string, number | readonly number[]>>;
  readonly floats?: Readonly<Record<string, number>>;
  /** Of a Constant. */
  readonly value?: TinyTensor;
  /** Of an If or a Loop. */
  readonly graphs?: Readonly<Record<string, TinyBody>>;
}

export interface TinyBody {
  readonly inputs?: readonly string[];
  readonly nodes: readonly TinyNode[];
  /** Of a graph with their shapes, which functions do not have. */
  readonly outputs: Readonly<Record<string, readonly Dimension[]>>;
}

/** Halfs are given as their bits. */
export interface TinyTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | BigInt64Array | Uint16Array;
  /** As a list of numbers of their type, and not as raw bytes. */
  readonly listed?: boolean;
  readonly external?: External;
}

/** Where values lie that are not in the file: keys and values of `external_data`. */
export type External = Readonly<Record<string, string>>;

export const FLOAT = 1;
export const UINT8 = 2;
export const FLOAT16 = 10;

/**
 * Encodes an ONNX model by hand, without our exporter, so that it checks what reads it (field numbers: onnx.proto of ONNX 1.16).
 */
export function encodeOnnx(wanted: TinyOnnx): Uint8Array {
  const {
    inputs = [],
    nodes = [],
    initializers = {},
    outputs = [],
    ir = 8,
    opset: version = 13,
    domains = [],
    metadata = {},
    functions = {},
  } = wanted;
  const model = Writer.create();
  model.uint32(8).int64(ir); // ir_version
  message(model, 7, graph => {
    nodes.forEach(node => encodeNode(graph, 1, node));
    text(graph, 2, 'tiny');
    for (const [name, value] of Object.entries(initializers)) message(graph, 5, out => tensor(out, name, value));
    for (const { name, shape, type = FLOAT } of inputs) message(graph, 11, out => port(out, name, shape, type));
    for (const { name, shape, type = FLOAT } of outputs) message(graph, 12, out => port(out, name, shape, type));
  });
  message(model, 8, opset => {
    text(opset, 1, '');
    opset.uint32(16).int64(version);
  });
  for (const domain of domains) {
    message(model, 8, opset => {
      text(opset, 1, domain);
      opset.uint32(16).int64(1);
    });
  }
  for (const [key, value] of Object.entries(metadata)) {
    message(model, 14, entry => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  for (const [name, { inputs: given = [], nodes: inside, outputs: made }] of Object.entries(functions)) {
    message(model, 25, out => {
      text(out, 1, name);
      given.forEach(input => text(out, 4, input));
      Object.keys(made).forEach(output => text(out, 5, output));
      inside.forEach(node => encodeNode(out, 7, node));
      message(out, 9, opset => {
        text(opset, 1, '');
        opset.uint32(16).int64(version);
      });
      text(out, 10, 'own');
    });
  }
  return model.finish();
}

function encodeNode(writer: Writer, field: number, node: TinyNode): void {
  message(writer, field, out => {
    for (const name of node.in) text(out, 1, name);
    for (const name of node.out.split(' ')) text(out, 2, name);
    text(out, 3, `${node.op}_${node.out}`);
    text(out, 4, node.op);
    attributes(out, node);
    if (node.domain !== undefined) text(out, 7, node.domain);
  });
}

export interface TinyRecogniser {
  readonly size: number;
  readonly dim: number;
  readonly layout?: 'NCHW' | 'NHWC';
  readonly batch?: Dimension;
  /** Operations between the input and the projection. */
  readonly prelude?: TinyOnnx['nodes'];
  readonly constants?: TinyOnnx['initializers'];
  readonly metadata?: TinyOnnx['metadata'];
  /** The projection lies there, see `projection`; in the file itself unless given. */
  readonly external?: External;
}

/** Projection of all pixels on `dim` fixed directions: weight k of value i is sin(1 + i * dim + k) / 16. */
export function tinyRecogniser(wanted: TinyRecogniser): Uint8Array {
  const { size, dim, layout = 'NCHW', batch = 'N', prelude = [], constants = {}, metadata = {}, external } = wanted;
  const values = 3 * size * size;
  const last = prelude.at(-1)?.out ?? 'data';
  return encodeOnnx({
    inputs: [{ name: 'data', shape: layout === 'NCHW' ? [batch, 3, size, size] : [batch, size, size, 3] }],
    nodes: [
      ...prelude,
      { op: 'Flatten', in: [last], out: 'flat' },
      { op: 'MatMul', in: ['flat', 'weights'], out: 'fc1' },
    ],
    initializers: {
      ...constants,
      weights: { shape: [values, dim], values: projection(values, dim), ...(external && { external }) },
    },
    outputs: [{ name: 'fc1', shape: [batch, dim] }],
    metadata,
  });
}

/** Row-major [values, dim]. */
export function projection(values: number, dim: number): Float32Array {
  return Float32Array.from({ length: values * dim }, (_, i) => Math.sin(1 + i) / 16);
}

function attributes(writer: Writer, { ints = {}, floats = {}, value, graphs = {} }: TinyNode): void {
  for (const [name, { nodes, outputs }] of Object.entries(graphs)) {
    message(writer, 5, out => {
      text(out, 1, name);
      message(out, 6, graph => {
        nodes.forEach(node => encodeNode(graph, 1, node));
        text(graph, 2, name);
        for (const [output, shape] of Object.entries(outputs)) {
          message(graph, 12, inner => port(inner, output, shape, FLOAT));
        }
      });
      out.uint32(160).int32(5);
    });
  }
  for (const [name, given] of Object.entries(ints)) {
    message(writer, 5, out => {
      text(out, 1, name);
      if (typeof given === 'number') out.uint32(24).int64(given).uint32(160).int32(2);
      else {
        for (const one of given) out.uint32(64).int64(one);
        out.uint32(160).int32(7);
      }
    });
  }
  for (const [name, given] of Object.entries(floats)) {
    message(writer, 5, out => {
      text(out, 1, name);
      out.uint32(21).float(given).uint32(160).int32(1);
    });
  }
  if (value) {
    message(writer, 5, out => {
      text(out, 1, 'value');
      message(out, 5, inner => tensor(inner, '', value));
      out.uint32(160).int32(4);
    });
  }
}

function tensor(out: Writer, name: string, { shape, values, listed = false, external }: TinyTensor): void {
  const [type, list] =
    values instanceof Float32Array
      ? [FLOAT, 4]
      : values instanceof Float64Array
        ? [11, 10]
        : values instanceof BigInt64Array
          ? [7, 7]
          : [10, 5];
  for (const size of shape) out.uint32(8).int64(size);
  out.uint32(16).int32(type);
  if (listed) {
    out.uint32((list << 3) | 2).fork();
    for (const value of values) {
      if (type === FLOAT) out.float(Number(value));
      else if (type === 11) out.double(Number(value));
      else out.int64(Number(value));
    }
    out.ldelim();
  }
  text(out, 8, name);
  if (external) externalData(out, external);
  else if (!listed) out.uint32((9 << 3) | 2).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

/** A file of tensors beside an ONNX file. @param factor on the values of `projection` */
export function projectionFile(values: number, dim: number, factor = 1): Uint8Array {
  return new Uint8Array(projection(values, dim).map(value => value * factor).buffer);
}

/** Fields of a TensorProto whose values lie elsewhere. */
export function externalData(writer: Writer, external: External): void {
  for (const [key, value] of Object.entries(external)) {
    message(writer, 13, entry => {
      text(entry, 1, key);
      text(entry, 2, value);
    });
  }
  writer.uint32(14 << 3).int32(1); // data_location: EXTERNAL
}

export function message(writer: Writer, field: number, write: (inner: Writer) => void): void {
  writer.uint32((field << 3) | 2).fork();
  write(writer);
  writer.ldelim();
}

function text(writer: Writer, field: number, value: string): void {
  writer.uint32((field << 3) | 2).string(value);
}

function port(writer: Writer, name: string, shape: readonly Dimension[], type: number): void {
  text(writer, 1, name);
  message(writer, 2, typeProto =>
    message(typeProto, 1, tensor => {
      tensor.uint32(8).int32(type);
      message(tensor, 2, dimensions => {
        for (const dimension of shape) {
          message(dimensions, 1, out =>
            typeof dimension === 'number' ? void out.uint32(8).int64(dimension) : text(out, 2, dimension),
          );
        }
      });
    }),
  );
}

/** Of the pictures `data` by the matrix `weights`: the values `raw`. */
export const PROJECTION: readonly TinyNode[] = [
  { op: 'Flatten', in: ['data'], out: 'flat' },
  { op: 'MatMul', in: ['flat', 'weights'], out: 'raw' },
];
