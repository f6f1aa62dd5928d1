import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openRecogniser } from '../../src/embedding/recogniser/onnx-recogniser';
import { permutation, seededRandom } from '../../src/kit/math/random';
import { exportOnnx } from '../../src/learning/exporters/export-onnx';
import { initialise } from '../../src/learning/networks';
import { studentNow } from '../helpers/families';

const SIZE = 112;
/** No multiple of any batch below, so that the last one is filled up. */
const COUNT = 13;

const random = seededRandom(1, 'pixels');
const FACES = Array.from({ length: COUNT }, () =>
  Uint8Array.from({ length: SIZE * SIZE * 3 }, () => random.integer(256)),
);

/** Embeddings of both views by face, whatever the order in which they go through the model. */
async function embedded(file: string, order: readonly number[], batch: number, cores: number): Promise<Buffer[][]> {
  const recogniser = await openRecogniser(file, { faceSize: SIZE, batch, cores });
  const found: Buffer[][] = [];
  for (const mirrored of [false, true]) {
    const into = new Float32Array(order.length * recogniser.dim);
    await recogniser.embed(
      order.map(face => ({ pixels: FACES[face]!, mirrored })),
      into,
    );
    order.forEach((face, i) => {
      const vector = into.slice(i * recogniser.dim, (i + 1) * recogniser.dim);
      (found[face] ??= []).push(Buffer.from(vector.buffer));
    });
  }
  await recogniser.close();
  return found;
}

describe('Recogniser.embed()', () => {
  // What lets rows be taken from other sets, where they stood in another place beside others.
  test.each(['tiny', 'small', 'mobilefacenet'])(
    'gives a face the same bits in every place of a batch, beside whatever faces, in the rest of a set, on any cores: %s',
    async name => {
      const backbone = studentNow(name);
      const file = join(await mkdtemp(join(tmpdir(), 'fairdistill-onnx-')), 'model.onnx');
      await writeFile(file, exportOnnx(backbone, initialise(backbone, seededRandom(1, name))));
      const inOrder = FACES.map((_, face) => face);
      const wanted = await embedded(file, inOrder, 8, 1);
      expect(new Set(wanted.flat().map(vector => vector.toString('hex'))).size).toBe(2 * COUNT);
      const shuffled = [...permutation(COUNT, seededRandom(1, 'order'))];
      expect(await embedded(file, shuffled, 8, 1)).toEqual(wanted);
      expect(await embedded(file, shuffled, 8, 2)).toEqual(wanted);
      // Three of them alone, in a batch that is mostly filled up.
      const few = await embedded(file, [12, 3, 7], 8, 2);
      for (const face of [3, 7, 12]) expect(few[face]).toEqual(wanted[face]);
    },
  );
});
