import { readFile } from 'node:fs/promises';
import { decodeOnnx } from '../models/onnx-proto';

/**
 * Whether a recogniser subtracts the mean and scales by itself, so that it wants plain pixels 0..255. The rule of insightface
 * (model_zoo/arcface_onnx.py): a Sub and a Mul among the first 8 nodes, as MXNet exports have. Ours stops at the first
 * convolution, because a PReLU that an exporter has taken apart also holds a Sub and a Mul.
 */
export async function normalisesInside(file: string): Promise<boolean> {
  const { nodes } = decodeOnnx(await readFile(file));
  const first = nodes.slice(0, 8).map(({ opType }) => opType);
  const convolution = first.indexOf('Conv');
  const before = convolution < 0 ? first : first.slice(0, convolution);
  return before.includes('Sub') && before.includes('Mul');
}
