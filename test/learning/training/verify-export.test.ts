import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import { openFaceSet } from '../../../src/data/face-set';
import { seededRandom } from '../../../src/kit/math/random';
import { exportOnnx } from '../../../src/learning/exporters/export-onnx';
import { initialise, type Backbone, type Weights } from '../../../src/learning/networks';
import { verifyExport } from '../../../src/learning/training/verify-export';
import { testFaces, writeFaceSet } from '../../helpers/face-set';

const BACKBONE: Backbone = {
  name: 'toy',
  inputSize: 8,
  embeddingSize: 4,
  layers: [
    { op: 'conv', name: 'a', filters: 3, kernel: 2, stride: 2, pad: 0 },
    { op: 'flatten', name: 'f' },
    { op: 'dense', name: 'd', units: 4, bias: false },
  ],
};

let folder: string;
beforeAll(async () => {
  folder = await writeFaceSet(testFaces('A', 1, 3, 8, 20), 8);
});

/** Compares a network with the export of the same one, its dense kernel multiplied. */
async function verify(factor: number): Promise<number> {
  const tf = await startEngine('cpu');
  const weights: Weights = initialise(BACKBONE, seededRandom(1));
  const { shape, values } = weights.get('d/kernel')!;
  const other = new Map([...weights, ['d/kernel', { shape, values: values.map(value => value * factor) }] as const]);
  const onnx = join(await mkdtemp(join(tmpdir(), 'fairdistill-onnx-')), 'model.onnx');
  await writeFile(onnx, exportOnnx(BACKBONE, other));
  const faces = await openFaceSet(folder);
  try {
    return await verifyExport(tf, { backbone: BACKBONE, weights, onnx }, faces);
  } finally {
    await faces.close();
  }
}

describe('verifyExport()', () => {
  test('finds next to no difference in a faithful export, of fewer faces than it would take, and keeps no tensor', async () => {
    const tf = await startEngine('cpu');
    const before = tf.memory().numTensors;
    expect(await verify(1)).toBeLessThan(1e-5);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('measures the difference in parts of the largest value', async () => {
    expect(await verify(1.0005)).toBeCloseTo(0.0005, 5);
  });

  test('refuses an export that computes something else', async () => {
    await expect(verify(1.01)).rejects.toMatchObject({ code: 'export-differs' });
    await expect(verify(NaN)).rejects.toMatchObject({ code: 'export-differs' });
  });
});
