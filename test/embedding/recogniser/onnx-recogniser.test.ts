import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { FaceView } from '../../../src/embedding/recogniser/face-tensor';
import { openRecogniser, type RecogniserOptions } from '../../../src/embedding/recogniser/onnx-recogniser';
import { seededRandom } from '../../../src/kit/math/random';
import { FLOAT16, UINT8, encodeOnnx, projectionFile, tinyRecogniser } from '../../helpers/tiny-onnx';

const SIZE = 8;
const DIM = 5;
const VALUES = 3 * SIZE * SIZE;
const OPTIONS: RecogniserOptions = { faceSize: SIZE, batch: 4, cores: 1 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fairdistill-onnx-'));
});

async function save(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

function views(count: number): FaceView[] {
  const random = seededRandom(1, 'pixels');
  return Array.from({ length: count }, (_, i) => ({
    pixels: Uint8Array.from({ length: VALUES }, () => random.integer(256)),
    mirrored: i % 2 === 1,
  }));
}

async function embedded(path: string, count: number, options: Partial<RecogniserOptions> = {}): Promise<Float32Array> {
  const recogniser = await openRecogniser(path, { ...OPTIONS, ...options });
  const into = new Float32Array(count * recogniser.dim);
  await recogniser.embed(views(count), into);
  await recogniser.close();
  return into;
}

/** Every view by itself through onnxruntime, with pixels arranged by the plainest code. */
async function direct(path: string, count: number, layout: 'NCHW' | 'NHWC', value: (pixel: number) => number) {
  const session = await InferenceSession.create(path);
  const out: number[] = [];
  for (const { pixels, mirrored } of views(count)) {
    const data = new Float32Array(VALUES);
    for (let y = 0; y < SIZE; y++)
      for (let x = 0; x < SIZE; x++)
        for (let c = 0; c < 3; c++) {
          const pixel = pixels[(y * SIZE + (mirrored ? SIZE - 1 - x : x)) * 3 + c]!;
          data[layout === 'NCHW' ? (c * SIZE + y) * SIZE + x : (y * SIZE + x) * 3 + c] = value(pixel);
        }
    const shape = layout === 'NCHW' ? [1, 3, SIZE, SIZE] : [1, SIZE, SIZE, 3];
    const result = await session.run({ data: new Tensor('float32', data, shape) });
    out.push(...(result['fc1']!.data as Float32Array));
  }
  return out;
}

function expectClose(found: Float32Array, wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value))));
}

const SUB_MUL = {
  prelude: [
    { op: 'Sub', in: ['data', 'mean'], out: 'centred' },
    { op: 'Mul', in: ['centred', 'factor'], out: 'scaled' },
  ],
  constants: {
    mean: { shape: [1], values: Float32Array.of(127.5) },
    factor: { shape: [1], values: Float32Array.of(0.0078125) },
  },
};

describe('openRecogniser()', () => {
  test.each(['NCHW', 'NHWC'] as const)(
    'reads layout, names and width, and embeds as onnxruntime does: %s',
    async layout => {
      const bytes = tinyRecogniser({ size: SIZE, dim: DIM, layout });
      const path = await save(`${layout}.onnx`, bytes);
      const recogniser = await openRecogniser(path, OPTIONS);
      expect(recogniser).toMatchObject({
        file: path,
        dim: DIM,
        batch: 4,
        sha256: createHash('sha256').update(bytes).digest('hex'),
        preprocessing: { size: SIZE, layout, channels: 'RGB', mean: 127.5, scale: 127.5 },
      });
      await recogniser.close();
      // 10 views are two runs of 4 and one that is filled up.
      expectClose(await embedded(path, 10), await direct(path, 10, layout, pixel => (pixel - 127.5) / 127.5));
    },
  );

  test('gives plain pixels to a model that subtracts and multiplies first, as insightface does', async () => {
    const path = await save('inside.onnx', tinyRecogniser({ size: SIZE, dim: DIM, ...SUB_MUL }));
    expectClose(await embedded(path, 3), await direct(path, 3, 'NCHW', pixel => pixel));
  });

  test('lets options override mean, scale and the order of channels', async () => {
    const path = await save('override.onnx', tinyRecogniser({ size: SIZE, dim: DIM, ...SUB_MUL }));
    const found = await embedded(path, 3, { mean: 127.5, scale: 128 });
    expectClose(found, await direct(path, 3, 'NCHW', pixel => (pixel - 127.5) / 128));
    const bgr = await openRecogniser(path, { ...OPTIONS, channels: 'BGR' });
    expect(bgr.preprocessing).toMatchObject({ channels: 'BGR', mean: 0, scale: 1 });
    await bgr.close();
  });

  test.each([1, 3])('fills up the batches of a model that is fixed to %d', async batch => {
    const path = await save(`fixed-${batch}.onnx`, tinyRecogniser({ size: SIZE, dim: DIM, batch }));
    const recogniser = await openRecogniser(path, OPTIONS);
    expect(recogniser.batch).toBe(batch);
    await recogniser.close();
    const free = await save('free.onnx', tinyRecogniser({ size: SIZE, dim: DIM }));
    expectClose(await embedded(path, 7), await direct(free, 7, 'NCHW', pixel => (pixel - 127.5) / 127.5));
  });

  test('finds the width by a run where the file does not state it', async () => {
    const model = {
      inputs: [{ name: 'data', shape: ['N', 3, 'H', 'W'] }],
      nodes: [{ op: 'Flatten', in: ['data'], out: 'embedding' }],
      outputs: [{ name: 'embedding', shape: ['N', 'D'] }],
    };
    const recogniser = await openRecogniser(await save('no-width.onnx', encodeOnnx(model)), OPTIONS);
    expect(recogniser.dim).toBe(VALUES);
    await recogniser.close();
  });

  test('answers several who ask at once, each with its own embeddings', async () => {
    const recogniser = await openRecogniser(await save('many.onnx', tinyRecogniser({ size: SIZE, dim: DIM })), OPTIONS);
    const all = views(12);
    const embed = async (part: readonly FaceView[]): Promise<Float32Array> => {
      const into = new Float32Array(part.length * DIM);
      await recogniser.embed(part, into);
      return into;
    };
    const wanted = [await embed(all.slice(0, 5)), await embed(all.slice(5, 6)), await embed(all.slice(6))];
    const found = await Promise.all([embed(all.slice(0, 5)), embed(all.slice(5, 6)), embed(all.slice(6))]);
    expect(found).toEqual(wanted);
    expect(new Set(wanted.map(([first]) => first)).size).toBe(3);
    await recogniser.close();
  });

  test('has another digest for other weights beside the file, and embeds with those', async () => {
    const one = await save('one-file.onnx', tinyRecogniser({ size: SIZE, dim: DIM }));
    const path = await save(
      'beside.onnx',
      tinyRecogniser({ size: SIZE, dim: DIM, external: { location: 'beside.data' } }),
    );
    const digests = [];
    for (const factor of [1, 2]) {
      await save('beside.data', projectionFile(VALUES, DIM, factor));
      const recogniser = await openRecogniser(path, OPTIONS);
      digests.push(recogniser.sha256);
      await recogniser.close();
      const wanted = await embedded(one, 3);
      expectClose(
        await embedded(path, 3),
        [...wanted].map(value => value * factor),
      );
    }
    expect(new Set(digests).size).toBe(2);
    expect(digests).not.toContain(
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex'),
    );
  });

  test('takes an output of [N, width, 1, 1] as one of [N, width]', async () => {
    const shape = { values: BigInt64Array.of(0n, BigInt(DIM), 1n, 1n), shape: [4] };
    const weights = { shape: [VALUES, DIM], values: new Float32Array(projectionFile(VALUES, DIM).buffer) };
    const model = encodeOnnx({
      inputs: [{ name: 'data', shape: ['N', 3, SIZE, SIZE] }],
      nodes: [
        { op: 'Flatten', in: ['data'], out: 'flat' },
        { op: 'MatMul', in: ['flat', 'weights'], out: 'fc' },
        { op: 'Reshape', in: ['fc', 'shape'], out: 'fc1' },
      ],
      initializers: { weights, shape },
      outputs: [{ name: 'fc1', shape: ['N', DIM, 1, 1] }],
    });
    const flat = await save('flat.onnx', tinyRecogniser({ size: SIZE, dim: DIM }));
    expect(await embedded(await save('rank4.onnx', model), 6)).toEqual(await embedded(flat, 6));
  });

  test('says that a model takes one face at a time only where one face passes', async () => {
    const fixedTo = (faces: bigint, weights: number) =>
      encodeOnnx({
        inputs: [{ name: 'data', shape: ['N', 3, SIZE, SIZE] }],
        nodes: [
          { op: 'Reshape', in: ['data', 'shape'], out: 'flat' },
          { op: 'MatMul', in: ['flat', 'weights'], out: 'fc1' },
        ],
        initializers: {
          shape: { shape: [2], values: BigInt64Array.of(faces, BigInt(VALUES)) },
          weights: { shape: [weights, DIM], values: new Float32Array(weights * DIM).fill(1) },
        },
        outputs: [{ name: 'fc1', shape: ['M', DIM] }],
      });
    const one = await save('reshaped.onnx', fixedTo(1n, VALUES));
    await expect(embedded(one, 4)).rejects.toMatchObject({ code: 'recogniser-failed' });
    await expect(embedded(one, 4)).rejects.toThrow(
      /reshaped\.onnx: Reshape: .*it takes one face at a time: set `batch: 1`/s,
    );
    expect(await embedded(one, 4, { batch: 1 })).toHaveLength(4 * DIM);
    const three = await save('of-three.onnx', fixedTo(3n, VALUES));
    await expect(embedded(three, 4)).rejects.toThrow(/one face alone fails as well/);
    await expect(embedded(three, 4)).rejects.not.toThrow(/batch/);
  });

  test('says that there is too little memory where that is it', async () => {
    const model = encodeOnnx({
      inputs: [{ name: 'data', shape: ['N', 3, SIZE, SIZE] }],
      nodes: [
        { op: 'ConstantOfShape', in: ['huge'], out: 'zeros' },
        { op: 'ReduceMax', in: ['zeros'], out: 'zero' },
        { op: 'Flatten', in: ['data'], out: 'flat' },
        { op: 'Reshape', in: ['zero', 'single'], out: 'one' },
        { op: 'Add', in: ['flat', 'one'], out: 'fc1' },
      ],
      initializers: {
        huge: { shape: [2], values: BigInt64Array.of(2_000_000n, 1_000_000n) },
        single: { shape: [1], values: BigInt64Array.of(1n) },
      },
      outputs: [{ name: 'fc1', shape: ['N', VALUES] }],
    });
    const path = await save('huge.onnx', model);
    await expect(embedded(path, 4)).rejects.toMatchObject({ code: 'recogniser-memory' });
    await expect(embedded(path, 4)).rejects.toThrow(
      /it asked for 8000000000000 bytes at once.*set `batch` lower than 4, or run fewer stages/,
    );
  });

  test('says what to do when a model gives one embedding for a whole batch', async () => {
    const model = encodeOnnx({
      inputs: [{ name: 'data', shape: ['N', 3, SIZE, SIZE] }],
      nodes: [
        { op: 'ReduceMean', in: ['data'], out: 'mean' },
        { op: 'Flatten', in: ['mean'], out: 'flat' },
        { op: 'MatMul', in: ['flat', 'weights'], out: 'fc1' },
      ],
      initializers: { weights: { shape: [1, DIM], values: new Float32Array(DIM).fill(1) } },
      outputs: [{ name: 'fc1', shape: [1, DIM] }],
    });
    const path = await save('one-for-all.onnx', model);
    await expect(embedded(path, 4)).rejects.toMatchObject({ code: 'recogniser-failed' });
    await expect(embedded(path, 4)).rejects.toThrow(/one-for-all\.onnx: it gives 1 embedding for 4 faces.*batch: 1/);
    expect(await embedded(path, 4, { batch: 1 })).toHaveLength(4 * DIM);
  });
});

describe('openRecogniser() refuses, naming the file,', () => {
  async function refused(path: string, code: string, ...words: string[]): Promise<void> {
    const error: unknown = await openRecogniser(path, OPTIONS).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'UserError', code });
    for (const word of [path, ...words]) expect((error as Error).message).toContain(word);
  }

  test('a file that is missing and a folder', async () => {
    await refused(join(folder, 'nowhere.onnx'), 'missing-model', 'give the path of an ONNX file');
    await refused(folder, 'missing-model', 'it is not a file');
  });

  test.each([
    ['empty', '', 'the file is empty'],
    ['text', 'this is no model', 'it is text'],
    ['half of a model', tinyRecogniser({ size: SIZE, dim: DIM }).subarray(0, 1500), 'it was cut short'],
    ['a model without operators', encodeOnnx({ inputs: [{ name: 'data', shape: [1] }], opset: 0 }), 'onnxruntime'],
  ])('a file that is not ONNX, saying what it is: %s', async (name, content, found) => {
    await refused(await save(`${name}.bin`, content), 'not-onnx', found);
  });

  test('a model whose weights are in a file that is missing or cut', async () => {
    const external = { location: 'weights.data' };
    const path = await save('missing-weights.onnx', tinyRecogniser({ size: SIZE, dim: DIM, external }));
    await refused(path, 'missing-model-data', join(folder, 'weights.data'), 'is missing');
    await save('weights.data', projectionFile(VALUES, DIM).subarray(4));
    await refused(path, 'damaged-model-data', 'the file beside it that holds its weights cannot be read');
  });

  test('a model that is newer than onnxruntime, with the newest that would do', async () => {
    const flat = { op: 'Flatten', in: ['data'], out: 'fc1' };
    const model = { inputs: [face], nodes: [flat], outputs: [fc1] };
    const ir = await save('ir.onnx', encodeOnnx({ ...model, ir: 99 }));
    await refused(ir, 'newer-onnx', 'it is in version 99 of the ONNX format', 'older `onnx` package');
    const opset = await save('opset.onnx', encodeOnnx({ ...model, opset: 99 }));
    await refused(opset, 'newer-onnx', 'it uses operator set 99 of ai.onnx', 'export it with `opset_version=');
  });

  test.each<[string, string | undefined, readonly string[], string]>([
    ['FooBar', undefined, [], 'no operator FooBar'],
    ['Foo', 'com.custom', ['com.custom'], 'no operator com.custom:Foo'],
    ['Foo', 'com.custom', [], 'no operator com.custom:Foo'],
  ])('a model with an operator that is not known: %s of %s, of domains %j', async (op, domain, domains, found) => {
    const nodes = [{ op, in: ['data'], out: 'fc1', ...(domain !== undefined && { domain }) }];
    const path = await save('operator.onnx', encodeOnnx({ inputs: [face], nodes, outputs: [fc1], domains }));
    await refused(path, 'unknown-operator', found, 'standard ONNX operators only');
  });

  test('a model for faces of another size, or for faces that are not square', async () => {
    const path = await save('size.onnx', tinyRecogniser({ size: 16, dim: DIM }));
    await refused(path, 'wrong-face-size', 'the faces are 8 x 8 pixels, the model expects 16 x 16', '112, 128, 224');
    const oblong = encodeOnnx({
      inputs: [{ name: 'data', shape: ['N', 3, 16, 8] }],
      nodes: [{ op: 'Flatten', in: ['data'], out: 'fc1' }],
      outputs: [{ name: 'fc1', shape: ['N', 384] }],
    });
    await refused(
      await save('oblong.onnx', oblong),
      'wrong-face-size',
      'the model expects 8 x 16',
      'free height and width',
    );
    const possible = encodeOnnx({
      inputs: [{ name: 'data', shape: ['N', 3, 128, 'W'] }],
      nodes: [{ op: 'Flatten', in: ['data'], out: 'fc1' }],
      outputs: [{ name: 'fc1', shape: ['N', 'D'] }],
    });
    await refused(await save('128.onnx', possible), 'wrong-face-size', 'the model expects any x 128', '`size: 128`');
  });

  const face = { name: 'data', shape: ['N', 3, SIZE, SIZE] };
  const flatten = { op: 'Flatten', in: ['data'], out: 'fc1' };
  const fc1 = { name: 'fc1', shape: ['N', VALUES] };

  test('a model with two inputs', async () => {
    const model = encodeOnnx({
      inputs: [face, { ...face, name: 'other' }],
      nodes: [
        { op: 'Add', in: ['data', 'other'], out: 'sum' },
        { ...flatten, in: ['sum'] },
      ],
      outputs: [fc1],
    });
    await refused(await save('two.onnx', model), 'not-a-recogniser', 'it has 2 inputs', '"other" float32 [N, 3, 8, 8]');
  });

  test('a detector with many outputs', async () => {
    const names = ['score_8', 'score_16', 'bbox_8', 'bbox_16'];
    const model = encodeOnnx({
      inputs: [face],
      nodes: names.map(out => ({ ...flatten, out })),
      outputs: names.map(name => ({ name, shape: ['N', VALUES] })),
    });
    await refused(await save('detector.onnx', model), 'not-a-recogniser', 'it has 4 outputs, as face detectors have');
  });

  test('a model with an input that is not float32, or not an image', async () => {
    const bytes = encodeOnnx({ inputs: [{ ...face, type: UINT8 }], nodes: [flatten], outputs: [] });
    await refused(await save('bytes.onnx', bytes), 'not-a-recogniser', 'its input is "data" uint8');
    await refused(await save('bytes.onnx', bytes), 'not-a-recogniser', 'export it with a float32 input');
    const grey = encodeOnnx({
      inputs: [{ name: 'data', shape: ['N', 1, SIZE, SIZE] }],
      nodes: [flatten],
      outputs: [{ name: 'fc1', shape: ['N', 64] }],
    });
    await refused(await save('grey.onnx', grey), 'not-a-recogniser', '"data" float32 [N, 1, 8, 8]', 'grey');
    const half = encodeOnnx({
      inputs: [{ ...face, type: FLOAT16 }],
      nodes: [flatten],
      outputs: [{ ...fc1, type: FLOAT16 }],
    });
    await refused(await save('half.onnx', half), 'not-a-recogniser', '"data" float16', '`keep_io_types=True`');
    const open = encodeOnnx({
      inputs: [{ name: 'data', shape: ['b', 'c', 'h', 'w'] }],
      nodes: [flatten],
      outputs: [fc1],
    });
    await refused(
      await save('open.onnx', open),
      'not-a-recogniser',
      'float32 [b, c, h, w]',
      'where the three colours are',
    );
  });

  test('a model whose embeddings are too wide: before a run where it says so, else after one on one face', async () => {
    // Repeats the values of a face so many times.
    const repeating = (times: number, width: number | string) =>
      encodeOnnx({
        inputs: [face],
        nodes: [
          { ...flatten, out: 'flat' },
          { op: 'Tile', in: ['flat', 'times'], out: 'fc1' },
        ],
        initializers: { times: { shape: [2], values: BigInt64Array.of(1n, BigInt(times)) } },
        outputs: [{ ...fc1, shape: ['N', width] }],
      });
    const told = await save('wide.onnx', repeating(5e6, 5e6 * VALUES));
    await refused(told, 'not-a-recogniser', `[N, ${5e6 * VALUES}]`, 'at most 65536');
    const silent = await save('silently-wide.onnx', repeating(1000, 'D'));
    await refused(silent, 'not-a-recogniser', String(1000 * VALUES), 'at most 65536');
  });

  test('a model whose output is not [N, width]', async () => {
    const model = encodeOnnx({
      inputs: [face],
      nodes: [{ op: 'Relu', in: ['data'], out: 'map' }],
      outputs: [{ name: 'map', shape: ['N', 3, SIZE, SIZE] }],
    });
    const path = await save('map.onnx', model);
    await refused(path, 'not-a-recogniser', 'it has 1 output ("map" float32 [N, 3, 8, 8])', 'its last layers');
    const two = encodeOnnx({
      inputs: [face],
      nodes: [flatten, { ...flatten, out: 'fc2' }],
      outputs: [fc1, { ...fc1, name: 'fc2' }],
    });
    await refused(await save('two-embeddings.onnx', two), 'not-a-recogniser', 'its only output of that kind');
  });
});
