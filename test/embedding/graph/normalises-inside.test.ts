import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openRecogniser } from '../../../src/embedding/recogniser/onnx-recogniser';
import { wantedPixels } from '../../../src/embedding/graph/normalises-inside';
import { encodeOnnx, tinyRecogniser, type TinyNode, type TinyOnnx } from '../../helpers/tiny-onnx';

const SIZE = 4;

async function save(bytes: Uint8Array): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'fairdistill-onnx-')), 'model.onnx');
  await writeFile(path, bytes);
  return path;
}

const scalar = (value: number) => ({ shape: [], values: Float32Array.of(value) });
const channels = (...values: number[]) => ({ shape: [3, 1, 1], values: Float32Array.from(values) });
const list = (...values: number[]) => ({ shape: [values.length], values: Float32Array.from(values) });

/** Names of the inputs, then the operation, then the output: `data m Sub x`. */
function nodes(...lines: string[]): TinyNode[] {
  return lines.map(line => {
    const words = line.split(' ');
    return { op: words.at(-2)!, in: words.slice(0, -2), out: words.at(-1)! };
  });
}

interface Head {
  readonly prelude: readonly TinyNode[];
  readonly constants?: TinyOnnx['initializers'];
  readonly layout?: 'NCHW' | 'NHWC';
}

const BN = { g: list(1, 1, 1), b: list(0, 0, 0) };
const [PLAIN, UNIT, USUAL] = [
  { mean: 0, scale: 1 },
  { mean: 0, scale: 255 },
  { mean: 127.5, scale: 127.5 },
];
const IMAGENET = { m: channels(0.485, 0.456, 0.406), s: channels(0.229, 0.224, 0.225) };

const INSIDE: readonly (readonly [string, typeof PLAIN, Head])[] = [
  [
    'Sub, Mul (MXNet)',
    PLAIN,
    { prelude: nodes('data m Sub a', 'a k Mul x'), constants: { m: scalar(127.5), k: scalar(0.0078125) } },
  ],
  ['Sub, Div', PLAIN, { prelude: nodes('data m Sub a', 'a m Div x'), constants: { m: scalar(127.5) } }],
  [
    'Div, Sub, Div',
    PLAIN,
    { prelude: nodes('data k Div a', 'a m Sub c', 'c m Div x'), constants: { k: scalar(255), m: scalar(0.5) } },
  ],
  ['Div by 255 alone', PLAIN, { prelude: nodes('data k Div x'), constants: { k: scalar(255) } }],
  [
    'Mul, Add (Keras Rescaling)',
    PLAIN,
    { prelude: nodes('data k Mul a', 'm a Add x'), constants: { k: scalar(1 / 127.5), m: scalar(-1) } },
  ],
  [
    'BatchNormalization that leads',
    PLAIN,
    {
      prelude: nodes('data g b m v BatchNormalization x'),
      constants: { ...BN, m: list(120, 127, 131), v: list(4000, 3800, 4300) },
    },
  ],
  [
    'Transpose, Sub, Mul on [N, size, size, 3]',
    PLAIN,
    {
      layout: 'NHWC',
      prelude: [
        { op: 'Transpose', in: ['data'], out: 't', ints: { perm: [0, 3, 1, 2] } },
        ...nodes('t m Sub a', 'a k Mul x'),
      ],
      constants: { m: channels(127.5, 127.5, 127.5), k: scalar(1 / 127.5) },
    },
  ],
  [
    'Transpose, BatchNormalization on [N, size, size, 3]',
    PLAIN,
    {
      layout: 'NHWC',
      prelude: [
        { op: 'Transpose', in: ['data'], out: 't', ints: { perm: [0, 3, 1, 2] } },
        ...nodes('t g b m v BatchNormalization x'),
      ],
      constants: { ...BN, m: list(120, 127, 131), v: list(4000, 3800, 4300) },
    },
  ],
  [
    'means and deviations of ImageNet, of pixels 0..255 on [N, size, size, 3]',
    PLAIN,
    {
      layout: 'NHWC',
      prelude: nodes('data k Div a', 'a m Sub c', 'c s Div x'),
      constants: { k: scalar(255), m: list(0.485, 0.456, 0.406), s: list(0.229, 0.224, 0.225) },
    },
  ],
  ['the same, of pixels 0..1', UNIT, { prelude: nodes('data m Sub c', 'c s Div x'), constants: IMAGENET }],
  [
    'Normalize(0.5, 0.5) of pixels 0..1',
    UNIT,
    { prelude: nodes('data m Sub c', 'c m Div x'), constants: { m: scalar(0.5) } },
  ],
  ['a mean alone (Caffe)', PLAIN, { prelude: nodes('data m Sub x'), constants: { m: channels(104, 117, 123) } }],
  [
    'a constant minus pixels, negated',
    PLAIN,
    { prelude: nodes('m data Sub a', 'a Neg b', 'b k Mul x'), constants: { m: scalar(127.5), k: scalar(1 / 128) } },
  ],
  [
    'a mean image',
    PLAIN,
    {
      prelude: nodes('data m Sub a', 'a k Mul x'),
      constants: {
        m: {
          shape: [3, SIZE, SIZE],
          values: Float32Array.from({ length: 3 * SIZE * SIZE }, (_, i) => 120 + (i % 16)),
        },
        k: scalar(1 / 128),
      },
    },
  ],
  [
    'constants that are computed: Constant, Cast, Unsqueeze, Sqrt',
    PLAIN,
    {
      prelude: [
        { op: 'Constant', in: [], out: 'm64', value: { shape: [3], values: Float64Array.of(127.5, 127.5, 127.5) } },
        { op: 'Cast', in: ['m64'], out: 'm32', ints: { to: 1 } },
        { op: 'Constant', in: [], out: 'axes', value: { shape: [2], values: BigInt64Array.of(1n, 2n) } },
        ...nodes('m32 axes Unsqueeze m', 'v Sqrt s', 'data m Sub a', 'a s Div x'),
      ],
      constants: { v: { shape: [1, 1, 1, 1], values: Float32Array.of(127.5 ** 2), listed: true } },
    },
  ],
  [
    'in half precision between casts',
    PLAIN,
    {
      prelude: [
        { op: 'Cast', in: ['data'], out: 'h', ints: { to: 10 } },
        ...nodes('h m Sub a', 'a k Mul b'),
        { op: 'Cast', in: ['b'], out: 'x', ints: { to: 1 } },
      ],
      // 127.5 and 2^-7 as halfs.
      constants: {
        m: { shape: [], values: Uint16Array.of(0x57f8) },
        k: { shape: [1], values: Uint16Array.of(0x2000), listed: true },
      },
    },
  ],
  [
    'a convolution of one pixel',
    PLAIN,
    {
      prelude: nodes('data w b Conv x'),
      constants: {
        w: { shape: [3, 3, 1, 1], values: Float32Array.of(0, 0, 1 / 128, 0, 1 / 128, 0, 1 / 128, 0, 0) },
        b: list(-1, -1, -1),
      },
    },
  ],
  [
    'channels split, normalised and joined in another order',
    PLAIN,
    {
      prelude: [
        { op: 'Split', in: ['data'], out: 'r g b', ints: { axis: 1 } },
        { op: 'Concat', in: ['b', 'g', 'r'], out: 'bgr', ints: { axis: 1 } },
        ...nodes('bgr m Sub a', 'a k Mul x'),
      ],
      constants: { m: channels(104, 117, 123), k: scalar(1 / 60) },
    },
  ],
];

const NOTHING: readonly (readonly [string, Head])[] = [
  ['nothing at all', { prelude: nodes('data Identity x') }],
  [
    'a BatchNormalization of normalised pixels',
    {
      prelude: nodes('data g b m v BatchNormalization x'),
      constants: { ...BN, m: list(-0.1, 0, 0.2), v: list(0.25, 0.2, 0.3) },
    },
  ],
  [
    // max(x, 0) + slope * (x - |x|) / 2
    'a PReLU taken apart',
    {
      prelude: nodes('data Relu r', 'data Abs p', 'data p Sub n', 'n k Mul s', 'r s Add x'),
      constants: { k: scalar(0.1) },
    },
  ],
];

function recogniser({ prelude, constants = {}, layout = 'NCHW' }: Head): Uint8Array {
  return tinyRecogniser({ size: SIZE, dim: 3, layout, prelude, constants });
}

describe('wantedPixels()', () => {
  test.each(INSIDE)('finds what a graph does before its first layer: %s', async (_, wanted, head) => {
    const file = await save(recogniser(head));
    const found = await wantedPixels(file, { input: 'data', layout: head.layout ?? 'NCHW' });
    expect(found).toMatchObject({ finding: 'inside', ...wanted });
    // What it says of the first layer is what onnxruntime computes there, on average over the channels.
    const session = await InferenceSession.create(await save(encodeOnnx(headAlone(head))));
    const computed: number[] = [];
    for (const pixel of [0, 255]) {
      const data = new Float32Array(3 * SIZE * SIZE).fill((pixel - found.mean) / found.scale);
      const shape = head.layout === 'NHWC' ? [1, SIZE, SIZE, 3] : [1, 3, SIZE, SIZE];
      const { x } = await session.run({ data: new Tensor('float32', data, shape) });
      const values = x!.data as Float32Array;
      computed.push(values.reduce((sum, value) => sum + value, 0) / values.length);
    }
    const seen = found.seenByFirstLayer(found.mean, found.scale)!;
    seen.forEach((value, i) => expect(Math.abs(value - computed[i]!)).toBeLessThan(0.002 * (1 + Math.abs(value))));
  });

  test.each(NOTHING)('leaves the usual pixels to a graph that begins with %s', async (_, head) => {
    const found = await wantedPixels(await save(recogniser(head)), { input: 'data', layout: 'NCHW' });
    expect(found).toMatchObject({ finding: 'nothing', ...USUAL });
  });

  test('falls back on the names of the operations where constants are not known, as insightface does', async () => {
    const unknown = (...lines: string[]) =>
      save(encodeOnnx({ nodes: nodes(...lines), inputs: [{ name: 'data', shape: ['N', 3, SIZE, SIZE] }] }));
    const look = async (file: string) => wantedPixels(file, { input: 'data', layout: 'NCHW' });
    expect(await look(await unknown('data m Sub a', 'a k Mul b', 'b w Conv c'))).toMatchObject({
      finding: 'inside',
      ...PLAIN,
    });
    expect(await look(await unknown('data m Sub a', 'a k Div b', 'b w Conv c'))).toMatchObject({ finding: 'unclear' });
    expect(await look(await unknown('data w Conv c', 'c m Sub a', 'a k Mul b'))).toMatchObject({ finding: 'nothing' });
  });

  test('wantedPixels() does not guess at a head that leaves pixels all on one side of 0', async () => {
    const head = { prelude: nodes('data m Sub x'), constants: { m: scalar(255) } };
    const file = await save(recogniser(head));
    // -255..0, -256..-254 and -255..-254.
    expect(await wantedPixels(file, { input: 'data', layout: 'NCHW' })).toMatchObject({ finding: 'unclear' });
  });

  function headAlone({ prelude, constants = {}, layout = 'NCHW' }: Head): TinyOnnx {
    const shape = layout === 'NCHW' ? ['N', 3, SIZE, SIZE] : ['N', SIZE, SIZE, 3];
    return {
      inputs: [{ name: 'data', shape }],
      nodes: prelude,
      initializers: constants,
      outputs: [{ name: 'x', shape: ['a', 'b', 'c', 'd'] }],
    };
  }
});

describe('openRecogniser()', () => {
  const OPTIONS = { faceSize: SIZE, batch: 2, cores: 1 };

  test('asks when a graph scales its input to what no network sees, and takes the given values', async () => {
    const head = { prelude: nodes('data k Mul x'), constants: { k: scalar(1 / 128) } };
    const file = await save(recogniser(head));
    const asking = openRecogniser(file, OPTIONS);
    await expect(asking).rejects.toMatchObject({ code: 'unclear-normalisation' });
    await expect(asking).rejects.toThrow(/begins with Mul.*`mean` and `scale` missing/);
    const told = await openRecogniser(file, { ...OPTIONS, mean: 127.5, scale: 1 });
    expect(told).toMatchObject({ preprocessing: { mean: 127.5, scale: 1 }, doubts: [] });
    expect(told.sources).toEqual({ channels: 'default', mean: 'option', scale: 'option' });
    await told.close();
  });

  test('says so when pixels are normalised inside once more, and when half of the preprocessing is stated', async () => {
    const twice = await openRecogniser(await save(recogniser(INSIDE[1]![2])), { ...OPTIONS, ...USUAL });
    expect(twice.doubts).toEqual([expect.stringMatching(/sees pixels as -1\.01 to -0\.992.*`mean: 0` and `scale: 1`/)]);
    await twice.close();
    const plain = await save(recogniser(NOTHING[0]![1]));
    for (const [stated, doubts] of [
      [{ mean: 0 }, 1],
      [{ scale: 1 }, 0],
      [{ scale: 128 }, 0],
      [{ mean: 0, scale: 1 }, 0],
      [{ mean: 0, scale: 255 }, 0],
    ] as const) {
      const opened = await openRecogniser(plain, { ...OPTIONS, ...stated });
      expect([stated, opened.doubts.length]).toEqual([stated, doubts]);
      await opened.close();
    }
  });
});
