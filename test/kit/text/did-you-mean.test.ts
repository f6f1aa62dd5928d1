import { describe, expect, test } from '@jest/globals';
import { didYouMean, editDistance } from '../../../src/kit/text/did-you-mean';

describe('didYouMean()', () => {
  const STAGES = ['align-faces', 'embed-faces', 'mix-datasets', 'read-faces'];

  test.each([
    ['align-face', 'align-faces'],
    ['alignfaces', 'align-faces'],
    ['aling-faces', 'align-faces'],
    ['align_faces', 'align-faces'],
    ['alignFaces', 'align-faces'],
    ['ALIGN-FACES', 'align-faces'],
    ['faces-align', 'align-faces'],
    ['align', 'align-faces'],
    ['mix', 'mix-datasets'],
    ['datasets', 'mix-datasets'],
    ['raed-faces', 'read-faces'],
  ])('%s means %s', (word, meant) => {
    expect(didYouMean(word, STAGES)).toBe(meant);
  });

  test.each(['', 'x', 'report-bias', 'synthesize', 'a'.repeat(1_000_000)])('nothing is near %.20s', word => {
    expect(didYouMean(word, STAGES)).toBeUndefined();
  });

  test('a third of the letters may be wrong, so short words need more agreement', () => {
    expect(didYouMean('sed', ['seed'])).toBe('seed');
    expect(didYouMean('a', ['b'])).toBeUndefined();
    expect(didYouMean('cosin', ['cosine'])).toBe('cosine');
    expect(didYouMean('abcdef', ['uvwxyz'])).toBeUndefined();
  });

  test('the nearest wins, and of equals the first', () => {
    expect(didYouMean('train', ['brain', 'grain'])).toBe('brain');
    expect(didYouMean('seed', ['speed', 'seeds', 'deed'])).toBe('seeds');
    expect(didYouMean('real', [])).toBeUndefined();
  });

  test('a word is no suggestion for itself', () => {
    expect(didYouMean('seed', ['seed'])).toBeUndefined();
  });
});

describe('editDistance()', () => {
  test.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    // Optimal string alignment: no letter is moved twice, so not 2.
    ['ca', 'abc', 3],
  ])('%j to %j takes %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});
