import { expect, test } from '@jest/globals';
import { sameModels } from '../../src/reports/same-model';

test('sameModels() names models that are compared with themselves', () => {
  const about = (label: string, sha256: string, channels?: string) => ({
    label,
    model: { sha256, ...(channels && { preprocessing: { channels, mean: 127.5, scale: 127.5, statedBy: label } }) },
  });
  expect(sameModels([about('a', 'x', 'RGB'), about('b', 'y', 'RGB'), about('c', 'x', 'BGR')])).toEqual([]);
  const [found, ...others] = sameModels([about('a', 'x', 'RGB'), about('b', 'y', 'RGB'), about('c', 'x', 'RGB')]);
  expect(others).toEqual([]);
  expect(found).toContain('“a” and “c” are one model, weights x');
  expect(sameModels([about('a', 'x'), about('b', 'x')])).toHaveLength(1);
  const shown = (label: string, facePixels: string) => ({ ...about(label, 'x'), facePixels });
  expect(sameModels([shown('a', 'p'), shown('b', 'q')])).toEqual([]);
  expect(sameModels([shown('a', 'p'), shown('b', 'p')])).toHaveLength(1);
});
