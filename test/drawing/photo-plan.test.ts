import { describe, expect, test } from '@jest/globals';
import type { DrawingOptions } from '../../src/drawing/drawing-options';
import { albumsOf, photoName, sitterOf } from '../../src/drawing/photo-plan';

const options: DrawingOptions = {
  seed: 3,
  domain: 'real',
  groups: ['A', 'C'],
  trainIdentities: 2,
  trainImages: 3,
  testIdentities: 4,
  testImages: 5,
  pairsPerFold: 1,
  size: 128,
};

describe('albumsOf()', () => {
  test('gives an album for each group of each split, train first', () => {
    expect(albumsOf(options)).toEqual([
      { split: 'train', group: 'A', identities: 2, imagesEach: 3 },
      { split: 'train', group: 'C', identities: 2, imagesEach: 3 },
      { split: 'test', group: 'A', identities: 4, imagesEach: 5 },
      { split: 'test', group: 'C', identities: 4, imagesEach: 5 },
    ]);
  });

  test('leaves out a split of 0 identities', () => {
    expect(albumsOf({ ...options, testIdentities: 0 }).map(({ split }) => split)).toEqual(['train', 'train']);
    expect(albumsOf({ ...options, testIdentities: 0, trainIdentities: 0 })).toEqual([]);
  });
});

describe('sitterOf()', () => {
  test('names differ across domains, groups and splits', () => {
    const names = (['real', 'synthetic'] as const).flatMap(domain =>
      albumsOf({ ...options, domain }).flatMap(album =>
        Array.from({ length: album.identities }, (_, i) => sitterOf({ ...options, domain }, album, i).name),
      ),
    );
    expect(names).toHaveLength(24);
    expect(new Set(names).size).toBe(24);
    expect(names[0]).toBe('real-a-train-0001');
  });
});

describe('photoName()', () => {
  test('numbers photos with four digits, as RFW does', () => {
    expect(photoName('real-a-test-0007', 12)).toBe('real-a-test-0007_0012.jpg');
  });
});
