import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { normalisesInside } from '../../src/embeddings/normalises-inside';
import { encodeOnnx } from '../helpers/tiny-onnx';

test.each([
  ['Sub Mul Conv', true],
  ['Identity Sub Mul Conv PRelu', true],
  ['Conv PRelu Conv', false],
  ['Sub Div Conv', false],
  ['Mul Conv', false],
  // A PReLU taken apart: max(x, 0) + slope * (x - |x|) / 2.
  ['Conv Relu Abs Sub Mul Mul Add', false],
  ['Cast Cast Cast Cast Cast Cast Cast Cast Sub Mul', false],
  ['', false],
])('normalisesInside() judges the first 8 nodes up to the first convolution: %s', async (operations, wanted) => {
  const nodes = operations.split(' ').flatMap((op, i) => (op ? [{ op, in: [`t${i}`], out: `t${i + 1}` }] : []));
  const weights = { shape: [3], values: Float32Array.of(1, 2, 3) };
  const path = join(await mkdtemp(join(tmpdir(), 'fairdistill-onnx-')), 'model.onnx');
  await writeFile(path, encodeOnnx({ nodes, initializers: { weights } }));
  expect(await normalisesInside(path)).toBe(wanted);
});
