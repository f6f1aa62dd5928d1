import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { examineRecogniser } from '../../../src/embedding/recogniser/examine-recogniser';
import { settleFindings, type Examination } from '../../../src/embedding/recogniser/judge-recogniser';
import { openRecogniser, type RecogniserOptions } from '../../../src/embedding/recogniser/onnx-recogniser';
import { openFaceSet } from '../../../src/data/face-set';
import { seededRandom } from '../../../src/kit/math/random';
import { testFaces, writeFaceSet, type TestFace } from '../../helpers/face-set';
import { PROJECTION, encodeOnnx, type TinyNode, type TinyOnnx } from '../../helpers/tiny-onnx';

const [SIZE, DIM] = [8, 24];
const VALUES = 3 * SIZE * SIZE;

/** Row-major [VALUES, DIM]. */
const WEIGHTS = ((): Float32Array => {
  const random = seededRandom(1, 'weights');
  return Float32Array.from({ length: VALUES * DIM }, () => random.normal() / 16);
})();

interface Tail {
  /** From `raw` [N, DIM] to `embedding`. */
  readonly nodes: readonly TinyNode[];
  readonly constants?: TinyOnnx['initializers'];
  readonly weights?: Float32Array;
}

const PLAIN: Tail = { nodes: [{ op: 'Identity', in: ['raw'], out: 'embedding' }] };

/** A projection, and what is done to it. */
async function save({ nodes, constants = {}, weights = WEIGHTS }: Tail): Promise<string> {
  const path = join(await mkdtemp(join(tmpdir(), 'fairdistill-onnx-')), 'model.onnx');
  const bytes = encodeOnnx({
    inputs: [{ name: 'data', shape: ['N', 3, SIZE, SIZE] }],
    nodes: [...PROJECTION, ...nodes],
    initializers: { ...constants, weights: { shape: [VALUES, DIM], values: weights } },
    outputs: [{ name: 'embedding', shape: ['N', DIM] }],
  });
  await writeFile(path, bytes);
  return path;
}

async function examine(
  tail: Tail,
  faces: readonly TestFace[] = FACES,
  options: Partial<RecogniserOptions> = {},
): Promise<Examination & { views: number }> {
  const set = await openFaceSet(await writeFaceSet(faces, SIZE));
  const recogniser = await openRecogniser(await save(tail), { faceSize: SIZE, batch: 16, cores: 1, ...options });
  let views = 0;
  const counted: typeof recogniser = {
    ...recogniser,
    embedAs: (how, given, into) => recogniser.embedAs(how, given, into).finally(() => (views += given.length)),
  };
  const { signal } = new AbortController();
  try {
    return { ...(await examineRecogniser({ faces: set, rows: set.rows(), recogniser: counted, signal })), views };
  } finally {
    await recogniser.close();
    await set.close();
  }
}

const FACES = testFaces('AB', 16, 4, SIZE, 40);
const codes = ({ findings }: Examination): string[] => findings.map(({ code }) => code);

/** Faces whose identity is in the red channel alone; the others are noise of each picture. */
function redFaces(seed: number): TestFace[] {
  return Array.from({ length: 32 }, (_, id) => {
    const own = seededRandom(seed, 'red', id);
    const pattern = Array.from({ length: SIZE * SIZE }, () => 40 + 175 * own.uniform());
    return Array.from({ length: 4 }, (_unused, image) => {
      const random = seededRandom(seed, 'picture', id, image);
      const pixels = Uint8Array.from({ length: VALUES }, (_pixel, i) => {
        const value = i % 3 === 0 ? pattern[Math.floor(i / 3)]! + 25 * random.normal() : 40 + 175 * random.uniform();
        return Math.max(0, Math.min(255, value));
      });
      return { group: 'A', identity: `i${id}`, path: `i${id}/${image}.jpg`, pixels };
    });
  }).flat();
}

/** Looks at red most, and at the rest a little. */
const RED: Tail = {
  ...PLAIN,
  weights: WEIGHTS.map((value, i) => (i < (VALUES / 3) * DIM ? value : 0.3 * value)),
};

describe('examineRecogniser()', () => {
  test('finds nothing wrong with a sound model, at the cost of a few batches', async () => {
    const found = await examine(PLAIN);
    expect(found.findings).toEqual([]);
    expect(found.summary).toMatchObject({ faces: 64, identities: 32, unitNorm: false });
    expect(found.summary.separation).toBeGreaterThan(1.5);
    expect(found.views).toBeLessThanOrEqual(64 * 5 + 4 * 64);
  });

  test.each([
    ['of one person', testFaces('A', 1, 2, SIZE, 10)],
    ['of one face', testFaces('A', 1, 1, SIZE, 10)],
    ['of two people', testFaces('A', 2, 1, SIZE, 10)],
    ['that is empty', []],
    ['of one picture twice', [0, 1].map(i => ({ ...testFaces('A', 1, 1, SIZE, 10)[0]!, path: `${i}.jpg` }))],
  ])('raises no alarm over a set %s', async (_, faces) => {
    expect((await examine(PLAIN, faces)).findings).toEqual([]);
  });

  test('refuses a model that gives a face another embedding every time, also alone', async () => {
    const tail: Tail = {
      nodes: [
        { op: 'Cast', in: ['one'], out: 'trains', ints: { to: 9 } },
        { op: 'Dropout', in: ['raw', 'half', 'trains'], out: 'embedding' },
      ],
      constants: {
        half: { shape: [], values: Float32Array.of(0.5) },
        one: { shape: [], values: Float32Array.of(1) },
      },
    };
    for (const batch of [16, 1]) {
      const failure = examine(tail, FACES, { batch });
      await expect(failure).rejects.toMatchObject({ code: 'not-deterministic' });
      await expect(failure).rejects.toThrow(/another embedding every time.*evaluation mode/);
    }
  });

  test('refuses a model whose rows depend on their neighbours, and lets each face be alone', async () => {
    // All values of the batch together have norm 1.
    const tail: Tail = {
      nodes: [
        { op: 'Reshape', in: ['raw', 'row'], out: 'all' },
        { op: 'LpNormalization', in: ['all'], out: 'unit', ints: { axis: 1, p: 2 } },
        { op: 'Reshape', in: ['unit', 'rows'], out: 'embedding' },
      ],
      constants: {
        row: { shape: [2], values: BigInt64Array.of(1n, -1n) },
        rows: { shape: [2], values: BigInt64Array.of(-1n, BigInt(DIM)) },
      },
    };
    const failure = examine(tail);
    await expect(failure).rejects.toMatchObject({ code: 'depends-on-company' });
    await expect(failure).rejects.toThrow(/depends on the other faces of its batch.*`batch: 1`/);
    const alone = await examine(tail, FACES, { batch: 1 });
    expect(alone.findings).toEqual([]);
    expect(alone.summary.unitNorm).toBe(true);
  });

  test('notices a dependence on two faces in a set of two', async () => {
    const tail: Tail = {
      nodes: [
        { op: 'ReduceMean', in: ['raw'], out: 'mean', ints: { axes: [0], keepdims: 1 } },
        { op: 'Add', in: ['raw', 'mean'], out: 'embedding' },
      ],
    };
    const failure = examine(tail, testFaces('A', 2, 1, SIZE, 10));
    await expect(failure).rejects.toMatchObject({ code: 'depends-on-company' });
  });

  test('finds a model that ignores its input', async () => {
    const tail: Tail = {
      nodes: [
        { op: 'Mul', in: ['raw', 'nothing'], out: 'zero' },
        { op: 'Add', in: ['zero', 'one'], out: 'embedding' },
      ],
      constants: {
        nothing: { shape: [1], values: Float32Array.of(0) },
        one: { shape: [1], values: Float32Array.of(1) },
      },
    };
    const found = await examine(tail);
    expect(codes(found)).toEqual(['constant-embeddings']);
    expect(() => settleFindings(found, 'refuse', () => undefined)).toThrow(
      /the same embedding for all 64 faces.*`suspicious: warn`/,
    );
    const said: string[] = [];
    settleFindings(found, 'warn', text => said.push(text));
    expect(said).toEqual([expect.stringContaining('does not look at its input')]);
  });

  test('finds that different people are all alike, and which pixels tell them apart', async () => {
    // A mean of 127.5 is subtracted behind the first layer, where nothing shows it: the model expects plain pixels.
    const bias = Float32Array.from({ length: DIM }, (_, k) => {
      let sum = 0;
      for (let i = 0; i < VALUES; i++) sum += WEIGHTS[i * DIM + k]!;
      return 127.5 * sum;
    });
    const tail: Tail = {
      nodes: [{ op: 'Sub', in: ['raw', 'bias'], out: 'embedding' }],
      constants: { bias: { shape: [DIM], values: bias } },
    };
    const found = await examine(tail);
    expect(codes(found)).toEqual(['collapsed-embeddings']);
    expect(found.findings[0]).toMatchObject({ isGrave: true });
    expect(found.findings[0]!.text).toMatch(/cosine of 1,984 pairs.*is 1\.0000.*set `mean: 0` and `scale: 1`/);
    expect((await examine(tail, FACES, { mean: 0, scale: 1 })).findings).toEqual([]);
  });

  test('finds a classifier by its probabilities', async () => {
    const found = await examine({ nodes: [{ op: 'Softmax', in: ['raw'], out: 'embedding', ints: { axis: 1 } }] });
    expect(codes(found)).toContain('class-scores');
  });

  test('names the first face of the sample whose embedding is no number, and how many there are', async () => {
    const failure = examine({ nodes: [{ op: 'Sqrt', in: ['raw'], out: 'embedding' }] });
    await expect(failure).rejects.toMatchObject({ code: 'bad-embedding' });
    await expect(failure).rejects.toThrow(
      /Cannot embed face \d+ \(test\/data.* of 64 faces of a sample\): the norm of its embedding is NaN/,
    );
  });

  test('says that the other order of colours is better, in five of five sets, and never where the stated one is right', async () => {
    for (let seed = 0; seed < 5; seed++) {
      const faces = redFaces(seed);
      expect([seed, ...codes(await examine(RED, faces))]).toEqual([seed]);
      const wrong = await examine(RED, faces, { channels: 'BGR' });
      expect([seed, ...codes(wrong)]).toEqual([seed, 'better-preprocessing']);
      expect(wrong.findings[0]).toMatchObject({ isGrave: false });
      expect(wrong.findings[0]!.text).toMatch(/better when it is given RGB.*than as stated, BGR.*set `channels: RGB`$/);
    }
  });

  test('asks no question that whoever trained the model has answered', async () => {
    const by = { channels: 'model artifact', mean: 'model artifact', scale: 'model artifact' } as const;
    const stated = { channels: 'BGR', mean: 127.5, scale: 127.5, by } as const;
    const found = await examine(RED, redFaces(0), stated);
    expect(found.findings).toEqual([]);
    expect(found.summary.tried).toEqual([]);
    expect(found.views).toBeLessThanOrEqual(128);
  });

  test('gives the same result every time', async () => {
    expect(await examine(RED, redFaces(0))).toEqual(await examine(RED, redFaces(0)));
  });
});
