import { describe, expect, test } from '@jest/globals';
import { meanFaces } from '../../../src/faces/alignment/mean-faces';
import { seededRandom } from '../../../src/kit/math/random';

const SIZE = 16;
const BYTES = SIZE * SIZE * 3;

/** Faces that are white in their first pixels, where sums are as large as they get. */
function brightFaces(count: number): Uint8Array[] {
  const random = seededRandom(1, 'mean');
  return Array.from({ length: count }, () =>
    Uint8Array.from({ length: BYTES }, (_, i) => (i < 8 ? 255 : random.integer(256))),
  );
}

function meanOf(faces: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, i) =>
    Math.round(faces.reduce((sum, face) => sum + face[i]!, 0) / faces.length),
  );
}

describe('meanFaces', () => {
  test.each([1, 2, 257, 258, 1000])('is the rounded mean of every pixel: of %d faces', count => {
    const faces = brightFaces(count);
    const means = meanFaces(SIZE);
    for (const face of faces) means.add('A', face);
    const [tile] = means.tiles();
    expect(tile).toMatchObject({ width: SIZE, height: SIZE, label: `A: ${count} faces` });
    expect(tile!.pixels).toEqual(meanOf(faces));
  });

  test('tells groups apart, and can be asked before the end', () => {
    const [a, b, c] = brightFaces(3);
    const means = meanFaces(SIZE);
    means.add('A', a!);
    means.add('B', b!);
    expect(means.tiles().map(({ pixels }) => pixels)).toEqual([a, b]);
    means.add('A', c!);
    expect(means.tiles()[0]!.pixels).toEqual(meanOf([a!, c!]));
  });

  test('takes pixels that lie anywhere in a buffer', () => {
    const faces = brightFaces(4);
    const means = meanFaces(SIZE);
    for (const [i, face] of faces.entries()) {
      const larger = new Uint8Array(BYTES + 8);
      larger.set(face, i);
      means.add('A', larger.subarray(i, i + BYTES));
    }
    expect(means.tiles()[0]!.pixels).toEqual(meanOf(faces));
  });
});
