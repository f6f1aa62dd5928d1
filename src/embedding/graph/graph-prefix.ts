import { applyNode, evaluateConstants, type Affine } from './graph-operations';
import { readGraph, type Constant, type ReadConstant } from './graph-nodes';

/** What a graph does to a pixel before its first layer: a line of each channel. */
export interface Prefix {
  /** Means over the channels: the first layer sees `slope` · input + `offset`. */
  readonly slope: number;
  readonly offset: number;
  /** False where arithmetic was found at the head that cannot be followed. */
  readonly complete: boolean;
  readonly operations: readonly string[];
  /** Names of the first 8 operations of the graph, up to the first convolution. */
  readonly names: readonly string[];
}

/**
 * Follows the input of an ONNX graph through everything that maps each channel by a line (sums and products with constants, batch
 * normalisation, casts, transpositions …) up to the first operation that does not, such as a convolution.
 * @param channelAxis of the input, 1 for NCHW
 */
export async function prefixOf(
  model: Uint8Array,
  file: string,
  input: string,
  channelAxis: number,
): Promise<Prefix | undefined> {
  const { nodes, constants } = readGraph(model, file);
  const lines = new Map<string, Affine>([[input, { slopes: [1, 1, 1], offsets: [0, 0, 0], axis: channelAxis }]]);
  const known = new Map<string, ReadConstant>(constants);
  const ends: { readonly line: Affine; readonly op: string }[] = [];
  const operations: string[] = [];
  for (const node of nodes) {
    const used = node.inputs.flatMap(name => lines.get(name) ?? []);
    if (used.length === 0) {
      const computed = once(() => evaluateConstants(node, name => read(known, name)));
      if (!known.has(node.outputs[0] ?? '')) known.set(node.outputs[0] ?? '', computed);
      continue;
    }
    // Only asks how large the input is.
    if (node.op === 'Shape' || node.op === 'Size') continue;
    const given = await Promise.all(node.inputs.map(async name => lines.get(name) ?? (await read(known, name))));
    const results = applyNode(node, given);
    if (results) {
      operations.push(node.op);
      node.outputs.forEach((name, i) => results[i] && lines.set(name, results[i]));
    } else {
      ends.push(...used.map(line => ({ line, op: node.op })));
    }
  }
  const [first] = ends;
  if (!first) return undefined;
  return {
    slope: mean(first.line.slopes),
    offset: mean(first.line.offsets),
    complete: !ARITHMETIC.has(first.op),
    operations,
    names: firstNames(nodes.map(({ op }) => op)),
  };
}

function firstNames(all: readonly string[]): readonly string[] {
  const first = all.slice(0, 8);
  const convolution = first.indexOf('Conv');
  return convolution < 0 ? first : first.slice(0, convolution);
}

/** Where these end it, they are part of the preprocessing, and what they do is not known. */
const ARITHMETIC: ReadonlySet<string> = new Set(['Sub', 'Add', 'Mul', 'Div', 'BatchNormalization']);

function read(known: ReadonlyMap<string, ReadConstant>, name: string): Promise<Constant | undefined> {
  return known.get(name)?.() ?? Promise.resolve(undefined);
}

function once(compute: ReadConstant): ReadConstant {
  let result: Promise<Constant | undefined> | undefined;
  return () => (result ??= compute());
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
