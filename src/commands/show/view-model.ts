import { readFile } from 'node:fs/promises';
import { messageOf, UserError } from '../../errors';
import { clip } from '../../kit/text/printable';
import { formatCount, plural } from '../../kit/text/human';
import { aligned } from '../../kit/text/aligned';
import type { View } from './view';

/** Inputs, outputs, operators and the number of parameters. */
export const onnx: View = {
  name: 'onnx',
  endings: ['.onnx'],
  render: async path => {
    const { decodeOnnx } = await import('../../models/onnx-proto');
    const bytes = await readFile(path);
    let model: ReturnType<typeof decodeOnnx>;
    try {
      model = decodeOnnx(bytes);
    } catch (error) {
      const message = `Cannot show ${path}: ${messageOf(error)}; the artifact is damaged, see pipeline verify`;
      throw new UserError(message, { code: 'damaged-file', cause: error });
    }
    const values = (kind: string, list: typeof model.inputs): string[][] =>
      list.map(({ name, shape }) => [`  ${kind}`, clip(name, 40), `[${clip(shape.join(', '), 60)}]`]);
    return [
      `ONNX model ${clip(model.graphName, 60)}, opset ${model.opset}, made by ${clip(model.producer, 60)}`,
      `${plural(model.parameters, 'parameter')}, ${plural(model.nodes.length, 'node')}: ${operators(model.nodes)}`,
      ...aligned([...values('input', model.inputs), ...values('output', model.outputs)]),
      ...Object.entries(model.metadata).map(([key, value]) => `  ${clip(`${key} = ${value}`, 100)}`),
      '',
    ].join('\n');
  },
};

function operators(nodes: readonly { readonly opType: string }[]): string {
  const counts = new Map<string, number>();
  for (const { opType } of nodes) counts.set(opType, (counts.get(opType) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  return clip(sorted.map(([operator, count]) => `${count} ${operator}`).join(', '), 160);
}

/** Tensors with their shapes. */
export const safetensors: View = {
  name: 'safetensors',
  endings: ['.safetensors'],
  render: async (path, { rows }) => {
    const { readSafetensors } = await import('../../models/safetensors');
    const { weights, metadata } = await readSafetensors(path);
    const tensors = [...weights];
    const parameters = tensors.reduce((sum, [, { values }]) => sum + values.length, 0);
    const shown = tensors.slice(0, Math.max(rows, FEWEST_TENSORS));
    return [
      `${plural(tensors.length, 'tensor')} of float32, ${plural(parameters, 'value')}`,
      ...aligned(shown.map(([name, { shape }]) => [`  ${clip(name, 60)}`, `[${shape.join(', ')}]`])),
      ...(shown.length < tensors.length ? [`… ${formatCount(tensors.length - shown.length)} more tensors`] : []),
      ...Object.entries(metadata).map(([key, value]) => `  ${clip(`${key} = ${value}`, 100)}`),
      '',
    ].join('\n');
  },
};

const FEWEST_TENSORS = 40;
