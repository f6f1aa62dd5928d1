import { describe, expect, test } from '@jest/globals';
import { compareModels } from '../../src/reports/compare';
import type { ComparedModel } from '../../src/reports/compared-model';
import { comparedModel, madeUpPairs } from '../helpers/evaluations';

const PAIRS = madeUpPairs({ label: 'any', role: 'other', separation: { A: 0.3, B: 0.4 }, pairsPerFold: 4 });

/** @param photographs digest of the photographs in pairs */
const model = (label: string, photographs?: string): ComparedModel => ({
  ...comparedModel({ label, role: 'other' }, PAIRS),
  ...(photographs !== undefined && { photographs }),
});
const compare = (...models: ComparedModel[]) => compareModels(models, { title: '', notes: '' });

describe('compareModels()', () => {
  test('refuses evaluations of different photographs that have the same paths', () => {
    const failure = () => compare(model('a', 'aa'.repeat(32)), model('b', 'bb'.repeat(32)));
    expect(failure).toThrow(expect.objectContaining({ code: 'different-pairs' }));
    expect(failure).toThrow(/the photographs differ: stage "a" has those of digest aaaaaaaaaaaa/);
  });

  test('compares those of the same photographs, and those of an older version', () => {
    expect(compare(model('a', 'aa'), model('b', 'aa'), model('c')).models).toHaveLength(3);
  });
});
