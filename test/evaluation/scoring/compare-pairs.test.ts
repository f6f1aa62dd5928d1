import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { comparePairs } from '../../../src/evaluation/scoring/compare-pairs';
import type { Recogniser } from '../../../src/embedding/recogniser/onnx-recogniser';
import { openFaceSet, type FaceSet } from '../../../src/data/face-set';
import { testFaces, writeFaceSet } from '../../helpers/face-set';

const SIZE = 4;
const FACES = testFaces('A', 1, 2, SIZE, 20);
const PATHS = FACES.map(({ path }) => path);
const PAIRS = { paths: PATHS, a: Int32Array.of(0), b: Int32Array.of(1), slotOf: (path: string) => PATHS.indexOf(path) };

let faces: FaceSet;
beforeEach(async () => {
  faces = await openFaceSet(await writeFaceSet(FACES, SIZE));
});
afterEach(() => faces.close());

async function compare(embed: Recogniser['embed']): Promise<Float32Array> {
  const recogniser = { file: 'm.onnx', batch: 2, dim: 2, embed } as Partial<Recogniser> as Recogniser;
  const pairs = PAIRS as unknown as Parameters<typeof comparePairs>[0]['pairs'];
  const { signal } = new AbortController();
  return (await comparePairs({ faces, pairs, recogniser, signal, onProgress: () => undefined })).scores;
}

/** Gives both views of every face, of two values each. */
const giving =
  (original: readonly number[], mirrored: readonly number[]): Recogniser['embed'] =>
  (views, into) => {
    views.forEach((view, i) => into.set(view.mirrored ? mirrored : original, 2 * i));
    return Promise.resolve();
  };

describe('comparePairs()', () => {
  test('compares the sums of both views', async () => {
    expect([...(await compare(giving([3, 1], [1, -1])))]).toEqual([1]);
  });

  test('says so where a face and its mirror image cancel out, and not that the model gives nothing', async () => {
    const failure = compare(giving([3, -1], [-3, 1]));
    await expect(failure).rejects.toMatchObject({ code: 'bad-embedding' });
    await expect(failure).rejects.toThrow(
      `Cannot embed face 0 (${PATHS[0]!}) with m.onnx: the embedding of its mirror image is exactly the negative of its own, so that their sum`,
    );
  });

  test('says that a model gives nothing where both views are 0', async () => {
    await expect(compare(giving([0, 0], [0, 0]))).rejects.toThrow('all its values are 0');
  });
});
