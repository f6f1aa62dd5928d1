import { describe, expect, test } from '@jest/globals';
import { faceSample, nearestStranger, pairCosines, type SampledFace } from '../../../src/embedding/views/face-sample';

function face(row: number, group: string, identity: string) {
  return { row, group, identity, key: `key ${row}`, path: `${row}.jpg`, domain: 'real', residual: 0 };
}

function sampleOf(seed: number, identities: number, images: number): SampledFace[] {
  const sample = faceSample(seed);
  // Image by image, so that identities come round again after others were admitted or turned away.
  for (let image = 0; image < images; image++) {
    for (let id = 0; id < identities; id++) {
      sample.offer(face(image * identities + id, id % 2 === 0 ? 'A' : 'B', `id ${id}`), Float32Array.of(id, image));
    }
  }
  return sample.faces();
}

describe('faceSample()', () => {
  test('keeps whole identities, at most 16 of a group with 6 faces each', () => {
    const faces = sampleOf(1, 100, 9);
    expect(faces).toHaveLength(2 * 16 * 6);
    for (const group of ['A', 'B']) {
      const own = faces.filter(one => one.face.group === group);
      const counts = new Map<string, number>();
      for (const { face } of own) counts.set(face.identity, (counts.get(face.identity) ?? 0) + 1);
      expect([...counts.values()]).toEqual(new Array(16).fill(6));
      // The first six images of each: none was missed before the identity was admitted.
      expect(own.every(({ embedding }) => embedding[1]! < 6)).toBe(true);
    }
  });

  test('is the same for the same seed and another one for another', () => {
    const names = (seed: number) => sampleOf(seed, 100, 2).map(one => one.face.identity);
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
  });

  test('keeps everybody while there is room, and copies embeddings', () => {
    const sample = faceSample(0);
    const reused = Float32Array.of(1, 0);
    sample.offer(face(0, 'A', 'x'), reused);
    reused[0] = 9;
    sample.offer(face(1, 'A', 'y'), reused);
    expect(sample.faces().map(({ embedding }) => embedding[0])).toEqual([1, 9]);
    expect(faceSample(0).faces()).toEqual([]);
  });
});

describe('pairCosines() and nearestStranger()', () => {
  const at = (row: number, group: string, identity: string, ...embedding: number[]): SampledFace => ({
    face: face(row, group, identity),
    embedding: Float32Array.from(embedding),
  });
  const x1 = at(0, 'A', 'x', 1, 0);
  const x2 = at(1, 'A', 'x', 0.8, 0.6);
  const y = at(2, 'A', 'y', 0, 1);
  // A group's identity names mean nothing in another group.
  const other = at(3, 'B', 'x', 0.6, 0.8);

  test('pairCosines() tells genuine from impostor pairs by group and identity', () => {
    const { genuine, impostor } = pairCosines([x1, x2, y, other]);
    expect(genuine.map(rounded)).toEqual([0.8]);
    expect(impostor.map(rounded)).toEqual([0, 0.6, 0.6, 0.96, 0.8]);
  });

  test('nearestStranger() finds the most similar face of somebody else', () => {
    expect(nearestStranger(x2, [x1, x2, y, other])?.stranger).toBe(other);
    expect(nearestStranger(x1, [x1, x2])).toBeUndefined();
  });
});

function rounded(value: number): number {
  return Number(value.toFixed(6));
}
