import { Writer } from 'protobufjs';

/** A dimension of a port: a number, or the name of one that is free. */
export type Dimension = number | string;

export interface TinyOnnx {
  readonly inputs?: readonly { readonly name: string; readonly shape: readonly Dimension[]; readonly type?: number }[];
  readonly nodes?: readonly {
    readonly op: string;
    readonly in: readonly string[];
    readonly out: string;
    readonly domain?: string;
  }[];
  readonly initializers?: Readonly<
    Record<
      string,
      {
        readonly shape: readonly number[];
        readonly values: Float32Array | BigInt64Array;
        readonly external?: External;
      }
    >
  >;
  readonly outputs?: readonly { readonly name: string; readonly shape: readonly Dimension[]; readonly type?: number }[];
  readonly ir?: number;
  readonly opset?: number;
  /** Of operators of others, in version 1. */
  readonly domains?: readonly string[];
}

/** Where values lie that are not in the file: keys and values of `external_data`. */
export type External = Readonly<Record<string, string>>;

export const FLOAT = 1;
export const UINT8 = 2;
const INT64 = 7;
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
  } = wanted;
  const model = Writer.create();
  model.uint32(8).int64(ir); // ir_version
  message(model, 7, graph => {
    for (const node of nodes) {
      message(graph, 1, out => {
        for (const name of node.in) text(out, 1, name);
        text(out, 2, node.out);
        text(out, 3, `${node.op}_${node.out}`);
        text(out, 4, node.op);
        if (node.domain !== undefined) text(out, 7, node.domain);
      });
    }
    text(graph, 2, 'tiny');
    for (const [name, { shape, values, external }] of Object.entries(initializers)) {
      message(graph, 5, out => {
        for (const size of shape) out.uint32(8).int64(size);
        out.uint32(16).int32(values instanceof Float32Array ? FLOAT : INT64);
        text(out, 8, name);
        if (external) externalData(out, external);
        else out.uint32((9 << 3) | 2).bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      });
    }
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
  return model.finish();
}

export interface TinyRecogniser {
  readonly size: number;
  readonly dim: number;
  readonly layout?: 'NCHW' | 'NHWC';
  readonly batch?: Dimension;
  /** Operations between the input and the projection. */
  readonly prelude?: TinyOnnx['nodes'];
  readonly constants?: TinyOnnx['initializers'];
  /** The projection lies there, see `projection`; in the file itself unless given. */
  readonly external?: External;
}

/** Projection of all pixels on `dim` fixed directions: weight k of value i is sin(1 + i * dim + k) / 16. */
export function tinyRecogniser(wanted: TinyRecogniser): Uint8Array {
  const { size, dim, layout = 'NCHW', batch = 'N', prelude = [], constants = {}, external } = wanted;
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
  });
}

/** Row-major [values, dim]. */
export function projection(values: number, dim: number): Float32Array {
  return Float32Array.from({ length: values * dim }, (_, i) => Math.sin(1 + i) / 16);
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
