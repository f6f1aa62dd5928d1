import { describe, expect, test } from '@jest/globals';
import { inWords, judge, type SpecResult } from './judge';

const spec = (name: string, status: SpecResult['status'], why = ''): SpecResult => ({ name, status, why });

describe('judge', () => {
  const specs = [
    spec('add scalars', 'passed'),
    spec('add complex numbers', 'failed', 'no kernel'),
    spec('sub complex numbers', 'failed', 'no kernel'),
    spec('debug prints', 'pending'),
  ];

  test('counts what ran, and names each spec that fails with its reason', () => {
    expect(judge(specs, [])).toEqual({
      run: 3,
      passed: 1,
      excluded: 0,
      pending: 1,
      problems: ['fails: add complex numbers: no kernel', 'fails: sub complex numbers: no kernel'],
    });
  });

  test('takes specs that fail and whose names begin as excluded for neither run nor failed', () => {
    const verdict = judge(specs, [{ reason: 'complex', specs: ['add complex', 'sub complex numbers'] }]);
    expect(verdict).toEqual({ run: 1, passed: 1, excluded: 2, pending: 1, problems: [] });
  });

  test('objects to an excluded spec that passes', () => {
    const { problems } = judge(specs, [{ reason: 'complex', specs: ['add', 'sub'] }]);
    expect(problems).toEqual(['is excluded, but passes: add scalars']);
  });

  test('objects to an exclusion of nothing, or of what tfjs-core has switched off itself', () => {
    const { problems } = judge(specs.slice(0, 1).concat(specs.slice(3)), [
      { reason: '', specs: ['divide', 'debug prints'] },
    ]);
    expect(problems).toEqual(['excludes nothing: divide', 'excludes nothing: debug prints']);
  });

  test('is content when one of several specs with an excluded name fails', () => {
    const twins = [spec('neg scalar', 'failed', '?'), spec('neg scalar', 'passed')];
    expect(judge(twins, [{ reason: '', specs: ['neg scalar'] }]).problems).toEqual([]);
  });

  test('is put on one line', () => {
    expect(inWords('wasm', judge(specs, []))).toBe(
      'conformance wasm: 3 run, 1 passed, 0 excluded (1 switched off in tfjs-core)',
    );
  });
});
