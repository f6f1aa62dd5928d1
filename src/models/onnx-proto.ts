import protobuf from 'protobufjs/light';
import { UserError, messageOf } from '../errors';
import { fileKind } from './wrong-files';

/** The part of the ONNX container that we write and inspect. Field numbers are those of onnx.proto3 (ONNX IR version 8). */
const ROOT = protobuf.Root.fromJSON({
  nested: {
    Attribute: {
      fields: {
        name: { id: 1, type: 'string' },
        f: { id: 2, type: 'float' },
        i: { id: 3, type: 'int64' },
        ints: { id: 8, type: 'int64', rule: 'repeated', options: { packed: false } },
        type: { id: 20, type: 'int32' },
      },
    },
    Node: {
      fields: {
        input: { id: 1, type: 'string', rule: 'repeated' },
        output: { id: 2, type: 'string', rule: 'repeated' },
        name: { id: 3, type: 'string' },
        opType: { id: 4, type: 'string' },
        attribute: { id: 5, type: 'Attribute', rule: 'repeated' },
      },
    },
    Initializer: {
      fields: {
        dims: { id: 1, type: 'int64', rule: 'repeated', options: { packed: false } },
        dataType: { id: 2, type: 'int32' },
        name: { id: 8, type: 'string' },
        rawData: { id: 9, type: 'bytes' },
      },
    },
    Dimension: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { id: 1, type: 'int64' }, dimParam: { id: 2, type: 'string' } },
    },
    Shape: { fields: { dim: { id: 1, type: 'Dimension', rule: 'repeated' } } },
    TensorType: { fields: { elemType: { id: 1, type: 'int32' }, shape: { id: 2, type: 'Shape' } } },
    ValueType: { fields: { tensorType: { id: 1, type: 'TensorType' } } },
    ValueInfo: { fields: { name: { id: 1, type: 'string' }, type: { id: 2, type: 'ValueType' } } },
    Graph: {
      fields: {
        node: { id: 1, type: 'Node', rule: 'repeated' },
        name: { id: 2, type: 'string' },
        initializer: { id: 5, type: 'Initializer', rule: 'repeated' },
        input: { id: 11, type: 'ValueInfo', rule: 'repeated' },
        output: { id: 12, type: 'ValueInfo', rule: 'repeated' },
      },
    },
    OperatorSet: { fields: { domain: { id: 1, type: 'string' }, version: { id: 2, type: 'int64' } } },
    Property: { fields: { key: { id: 1, type: 'string' }, value: { id: 2, type: 'string' } } },
    Model: {
      fields: {
        irVersion: { id: 1, type: 'int64' },
        producerName: { id: 2, type: 'string' },
        graph: { id: 7, type: 'Graph' },
        opsetImport: { id: 8, type: 'OperatorSet', rule: 'repeated' },
        metadataProps: { id: 14, type: 'Property', rule: 'repeated' },
      },
    },
  },
});
const MODEL = ROOT.lookupType('Model');

/** Values of `Attribute.type` and `Initializer.dataType` in the standard. */
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;
const FLOAT = 1;

export interface OnnxNode {
  readonly opType: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute =
  { readonly float: number } | { readonly int: number } | { readonly ints: readonly number[] };

/** Float32, row-major. */
export interface OnnxInitializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A float32 input or output; a text is a dimension that is open, such as the batch. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly opset: number;
  readonly producer: string;
  readonly graphName: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** The bytes of an ONNX file. Equal models give equal bytes. */
export function encodeOnnx(model: OnnxModel & { readonly initializers: readonly OnnxInitializer[] }): Uint8Array {
  return MODEL.encode(
    MODEL.create({
      irVersion: 8,
      producerName: model.producer,
      opsetImport: [{ domain: '', version: model.opset }],
      metadataProps: Object.entries(model.metadata).map(([key, value]) => ({ key, value })),
      graph: {
        name: model.graphName,
        node: model.nodes.map(encodeNode),
        initializer: model.initializers.map(encodeInitializer),
        input: model.inputs.map(encodeValue),
        output: model.outputs.map(encodeValue),
      },
    }),
  ).finish();
}

/**
 * What an ONNX file holds, without the values of its initializers; `parameters` is how many values those have together. Errors with
 * `not-onnx` when the bytes are no ONNX model; the caller names the file.
 */
export function decodeOnnx(bytes: Uint8Array): OnnxModel & { readonly parameters: number } {
  const kind = fileKind(Buffer.from(bytes.subarray(0, 512)), bytes.length);
  if (kind) throw new UserError(`This is not an ONNX model: ${kind.is}; ${kind.then}`, { code: 'not-onnx' });
  let model: DecodedModel;
  try {
    model = MODEL.toObject(MODEL.decode(bytes), { longs: Number, defaults: true, arrays: true }) as DecodedModel;
  } catch (error) {
    throw new UserError(`This is not an ONNX model: ${messageOf(error)}`, { code: 'not-onnx', cause: error });
  }
  const { graph } = model;
  if (!graph || graph.node.length === 0) {
    throw new UserError('This is not an ONNX model: it holds no graph', { code: 'not-onnx' });
  }
  return {
    opset: model.opsetImport.find(({ domain }) => domain === '')?.version ?? 0,
    producer: model.producerName,
    graphName: graph.name,
    nodes: graph.node.map(decodeNode),
    inputs: graph.input.map(decodeValue),
    outputs: graph.output.map(decodeValue),
    metadata: Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value])),
    parameters: graph.initializer.reduce((sum, { dims }) => sum + dims.reduce((product, size) => product * size, 1), 0),
  };
}

function encodeNode({ opType, name, inputs, outputs, attributes }: OnnxNode): object {
  const attribute = Object.entries(attributes).map(([key, value]) => {
    if ('float' in value) return { name: key, f: value.float, type: ATTRIBUTE.float };
    if ('int' in value) return { name: key, i: value.int, type: ATTRIBUTE.int };
    return { name: key, ints: value.ints, type: ATTRIBUTE.ints };
  });
  return { opType, name, input: inputs, output: outputs, attribute };
}

function encodeInitializer({ name, shape, values }: OnnxInitializer): object {
  return {
    name,
    dims: shape,
    dataType: FLOAT,
    rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

function encodeValue({ name, shape }: OnnxValue): object {
  const dim = shape.map(size => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}

/** As protobufjs gives it, defaults filled in. */
interface DecodedModel {
  readonly producerName: string;
  readonly opsetImport: readonly { readonly domain: string; readonly version: number }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph: {
    readonly name: string;
    readonly node: readonly DecodedNode[];
    readonly input: readonly DecodedValue[];
    readonly output: readonly DecodedValue[];
    readonly initializer: readonly { readonly dims: readonly number[] }[];
  } | null;
}

interface DecodedNode {
  readonly opType: string;
  readonly name: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly { name: string; type: number; f: number; i: number; ints: readonly number[] }[];
}

interface DecodedValue {
  readonly name: string;
  readonly type: {
    tensorType: { shape: { dim: readonly { dimValue?: number; dimParam?: string }[] } | null } | null;
  } | null;
}

function decodeNode({ opType, name, input, output, attribute }: DecodedNode): OnnxNode {
  const attributes: Record<string, OnnxAttribute> = {};
  for (const { name: key, type, f, i, ints } of attribute) {
    if (type === ATTRIBUTE.float) attributes[key] = { float: f };
    else if (type === ATTRIBUTE.int) attributes[key] = { int: i };
    else if (type === ATTRIBUTE.ints) attributes[key] = { ints };
  }
  return { opType, name, inputs: input, outputs: output, attributes };
}

function decodeValue({ name, type }: DecodedValue): OnnxValue {
  const dims = type?.tensorType?.shape?.dim ?? [];
  return { name, shape: dims.map(({ dimValue, dimParam }) => dimValue || (dimParam ?? '?')) };
}
