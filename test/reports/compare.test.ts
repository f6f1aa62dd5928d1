import { describe, expect, test } from '@jest/globals';
import { compareModels, type ComparedModel } from '../../src/reports/compare';

/** An evaluation of which only the photographs count here. */
const model = (label: string, photographs?: string): ComparedModel =>
  ({
    label,
    role: 'other',
    stage: `evaluate-${label}`,
    groups: [],
    scores: { pairsDigest: 'one' },
    ...(photographs !== undefined && { photographs }),
  }) as unknown as ComparedModel;
const compare = (...models: ComparedModel[]) => compareModels(models, { title: '', notes: '' });

describe('compareModels()', () => {
  test('refuses evaluations of different photographs that have the same paths', () => {
    const failure = () => compare(model('a', 'aa'.repeat(32)), model('b', 'bb'.repeat(32)));
    expect(failure).toThrow(expect.objectContaining({ code: 'different-pairs' }));
    expect(failure).toThrow(/the photographs differ: stage "evaluate-a" has those of digest aaaaaaaaaaaa/);
  });

  test('compares those of the same photographs, and those of an older version', () => {
    expect(compare(model('a', 'aa'), model('b', 'aa'), model('c')).models).toHaveLength(3);
  });
});
