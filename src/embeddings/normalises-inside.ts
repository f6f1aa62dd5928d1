import { readFile } from 'node:fs/promises';
import { Reader } from 'protobufjs';

/**
 * Whether a recogniser subtracts the mean and scales by itself, so that it wants plain pixels 0..255. The rule of insightface
 * (model_zoo/arcface_onnx.py): a Sub and a Mul among the first 8 nodes, as MXNet exports have. Ours stops at the first
 * convolution, because a PReLU that an exporter has taken apart also holds a Sub and a Mul.
 */
export async function normalisesInside(file: string): Promise<boolean> {
  const first = firstOperations(await readFile(file), 8);
  const convolution = first.indexOf('Conv');
  const before = convolution < 0 ? first : first.slice(0, convolution);
  return before.includes('Sub') && before.includes('Mul');
}

// Field numbers of onnx.proto.
const GRAPH_OF_MODEL = 7;
const NODE_OF_GRAPH = 1;
const OPERATION_OF_NODE = 4;

/** Operations of the first `count` nodes. Passes over the rest, so that hundreds of megabytes of weights are not decoded. */
function firstOperations(model: Uint8Array, count: number): string[] {
  const reader = Reader.create(model);
  const operations: string[] = [];
  eachField(reader, reader.len, GRAPH_OF_MODEL, endOfGraph =>
    eachField(reader, endOfGraph, NODE_OF_GRAPH, endOfNode => {
      if (operations.length === count) reader.pos = endOfNode;
      else eachField(reader, endOfNode, OPERATION_OF_NODE, end => operations.push(textUpTo(reader, end)));
    }),
  );
  return operations;
}

/** Calls `read` with the end of every length-delimited field `wanted` before `end`; skips the others. */
function eachField(reader: Reader, end: number, wanted: number, read: (end: number) => void): void {
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag >>> 3 !== wanted) {
      reader.skipType(tag & 7);
      continue;
    }
    const length = reader.uint32();
    read(reader.pos + length);
  }
}

function textUpTo(reader: Reader, end: number): string {
  const text = Buffer.from(reader.buf.subarray(reader.pos, end)).toString('utf8');
  reader.pos = end;
  return text;
}
