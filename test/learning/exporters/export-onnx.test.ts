import { describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { seededRandom } from '../../../src/kit/math/random';
import { exportOnnx } from '../../../src/learning/exporters/export-onnx';
import { decodeOnnx } from '../../../src/models/onnx-proto';
import type { Backbone, Layer } from '../../../src/learning/networks/layer';
import { naiveForward } from '../../helpers/naive-forward';
import { randomWeights } from '../../helpers/random-weights';

/** Every layer op, odd sizes, strides, groups, depthwise, a residual with and one without a shortcut. */
const LAYERS: readonly Layer[] = [
  { op: 'conv', name: 'stem', filters: 8, kernel: 3, stride: 2, pad: 1 },
  { op: 'batch-norm', name: 'stem-bn' },
  { op: 'prelu', name: 'stem-prelu' },
  { op: 'conv', name: 'grouped', filters: 12, kernel: 3, stride: 1, pad: 1, groups: 4 },
  { op: 'conv', name: 'depthwise', filters: 12, kernel: 3, stride: 2, pad: 1, groups: 12 },
  {
    op: 'residual',
    name: 'down',
    body: [
      { op: 'conv', name: 'down-a', filters: 6, kernel: 3, stride: 2, pad: 1 },
      { op: 'batch-norm', name: 'down-bn' },
    ],
    shortcut: [{ op: 'conv', name: 'down-b', filters: 6, kernel: 1, stride: 2, pad: 0 }],
  },
  {
    op: 'residual',
    name: 'same',
    body: [
      { op: 'conv', name: 'same-a', filters: 6, kernel: 3, stride: 1, pad: 1 },
      { op: 'prelu', name: 'same-prelu' },
    ],
    shortcut: [],
  },
  { op: 'dropout', name: 'drop', rate: 0.4 },
  { op: 'flatten', name: 'flat' },
  { op: 'dense', name: 'fc', units: 7, bias: true },
  { op: 'batch-norm', name: 'features', fixedGamma: true },
  { op: 'dense', name: 'last', units: 5, bias: false },
];
const BACKBONE: Backbone = { name: 'every-op', inputSize: 21, embeddingSize: 5, layers: LAYERS };

describe('exportOnnx()', () => {
  const weights = randomWeights(BACKBONE, seededRandom(1));

  test.each([1, 3])('onnxruntime gives what the layers mean, computed by plain loops, for a batch of %i', async n => {
    const random = seededRandom(2, n);
    const side = BACKBONE.inputSize;
    const nhwc = Float32Array.from({ length: n * side * side * 3 }, () => random.normal());
    const nchw = new Float32Array(nhwc.length);
    for (let i = 0; i < nhwc.length; i++) {
      const [image, place, channel] = [Math.floor(i / (side * side * 3)), Math.floor(i / 3) % (side * side), i % 3];
      nchw[(image * 3 + channel) * side * side + place] = nhwc[i]!;
    }
    const session = await InferenceSession.create(exportOnnx(BACKBONE, weights));
    const output = await session.run({ input: new Tensor('float32', nchw, [n, 3, side, side]) });
    const wanted = naiveForward(LAYERS, weights, { shape: [n, side, side, 3], values: nhwc });
    expect(output['embedding']!.dims).toEqual([n, 5]);
    const found = output['embedding']!.data as Float32Array;
    const largest = Math.max(...wanted.values.map(Math.abs));
    for (let i = 0; i < found.length; i++) expect(Math.abs(found[i]! - wanted.values[i]!) / largest).toBeLessThan(1e-4);
  });

  test('equal weights give equal bytes', () => {
    expect(Buffer.from(exportOnnx(BACKBONE, weights)).equals(exportOnnx(BACKBONE, weights))).toBe(true);
  });

  test('a missing parameter is named', () => {
    const fewer = new Map([...weights].filter(([name]) => name !== 'fc/bias'));
    expect(() => exportOnnx(BACKBONE, fewer)).toThrow('"fc/bias"');
  });
});

describe('decodeOnnx()', () => {
  test('gives back names, shapes, attributes and metadata', () => {
    const model = decodeOnnx(exportOnnx(BACKBONE, randomWeights(BACKBONE, seededRandom(1)), { faces: 'drawn' }));
    expect(model.inputs).toEqual([{ name: 'input', shape: ['N', 3, 21, 21] }]);
    expect(model.outputs).toEqual([{ name: 'embedding', shape: ['N', 5] }]);
    expect(model.opset).toBe(13);
    expect(model.metadata).toMatchObject({ faces: 'drawn', 'fairdistill.channels': 'RGB' });
    expect(model.nodes[0]).toMatchObject({
      opType: 'Conv',
      attributes: { pads: { ints: [1, 1, 1, 1] }, group: { int: 1 } },
    });
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('<!doctype html><title>404</title>')],
    ['zeroes', new Uint8Array(1000)],
    ['a length beyond the end', Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['groups nested without end', Buffer.alloc(100_000, 0x3b)],
  ])('refuses %s', (_, bytes) => {
    expect(() => decodeOnnx(bytes)).toThrow(expect.objectContaining({ code: 'not-onnx' }));
  });
});
