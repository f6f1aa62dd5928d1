import { describe, expect, test } from '@jest/globals';
import { accepted, refused, type Rest } from '../load-toy';

const stage = (keys: string) => `name: a\nstages:\n  it: {uses: draw-faces, ${keys}}`;

describe('how a stage is run', () => {
  test.each([
    ['resources: {cpu: 2, memory: 4GB, gpu: 1}', { resources: { cpu: 2, memory: 4e9, gpu: 1 } }],
    ['resources: {cpu: 0.5, gpu: 0}', { resources: { cpu: 0.5, gpu: 0 } }],
    ['resources: ', { resources: {} }],
    ['retry: 2', { retry: { times: 2, delay: 1 } }],
    ['retry: {times: 3, delay: 5s}', { retry: { times: 3, delay: 5 } }],
    ['retry: {delay: 1m}', { retry: { times: 1, delay: 60 } }],
    ['timeout: 1h30m', { timeout: 5400 }],
    ['limits: {memory: 12GB}', { limits: { memory: 12e9 } }],
    ['limits: ', { limits: {} }],
  ])('%s', (keys, wanted) => {
    expect(accepted(stage(keys)).steps[0]).toMatchObject(wanted);
  });

  test('nothing unless the file says so', () => {
    const step = accepted(stage('with: {}')).steps[0]!;
    expect(step).toMatchObject({ resources: {}, retry: { times: 0 }, limits: {}, env: {} });
    expect(step).not.toHaveProperty('timeout');
  });

  test.each([
    ['bad-size', 'resources: {memory: 4}', 'did you mean 4GB?'],
    ['bad-size', 'resources: {memory: 4gb}', '4GiB'],
    ['bad-size', 'resources: {memory: 0B}', '"memory" of stage "it"'],
    ['bad-size', 'resources: {memory: 0}', '4GiB, from 1B to 9000TB'],
    [
      'bad-size',
      'resources: {memory: 9001TB}',
      'Cannot use "9001TB" as "memory" of stage "it": wanted a size such as 500MB, 4GB or 4GiB, from 1B to 9000TB',
    ],
    ['bad-number', 'resources: {cpu: 0}', 'above 0'],
    ['bad-number', 'resources: {cpu: two}', '"two"'],
    ['bad-number', 'resources: {gpu: 1.5}', 'a whole number from 0 to 64'],
    ['bad-number', 'resources: {gpu: -1}', 'from 0'],
    ['unknown-key', 'resources: {gpus: 1}', 'did you mean "gpu"?'],
    ['wrong-kind', 'resources: 4', 'a map such as'],
    ['bad-number', 'retry: -1', 'from 0 to 100'],
    ['bad-number', 'retry: {times: 101}', 'from 0 to 100'],
    ['bad-duration', 'retry: {times: 1, delay: 5}', 'did you mean 5s?'],
    ['wrong-kind', 'retry: often', 'a number of times'],
    ['unknown-key', 'retry: {time: 1}', 'did you mean "times"?'],
    ['bad-size', 'limits: {memory: 12}', 'did you mean 12GB?'],
    ['bad-size', 'limits: {memory: 0GB}', '"memory" of "limits" of stage "it": wanted a size such as'],
    ['bad-size', 'limits: {memory: 0.4B}', 'from 1B to 9000TB'],
    ['bad-size', 'limits: {memory: 0.9B}', 'from 1B to 9000TB'],
    ['bad-size', 'resources: {memory: 9e6}', 'did you mean 9000000GB?'],
    ['bad-duration', 'timeout: 0.5ms', 'from 1ms to 24d'],
    ['bad-duration', 'timeout: 0.9ms', 'from 1ms to 24d'],
    ['unknown-key', 'limits: {memroy: 12GB}', 'use "memory"'],
    ['wrong-kind', 'limits: 12GB', 'a map such as {memory: 12GB}'],
    ['bad-duration', 'timeout: 30', 'did you mean 30s?'],
    ['bad-duration', 'timeout: 25d', '1h30m or 2d, from 1ms to 24d'],
    [
      'bad-duration',
      'timeout: 0s',
      'Cannot use "0s" as "timeout" of stage "it": wanted a duration such as 5s, 30m, 1h30m or 2d, from 1ms to 24d',
    ],
    ['bad-duration', 'retry: {delay: 25d}', 'from 0s to 24d'],
    ['bad-duration', 'timeout: [1]', 'such as'],
  ])('refuses %s: %s', (code, keys, words) => {
    const diagnostics = refused(stage(keys));
    expect(diagnostics).toMatchObject([{ code, line: 3 }]);
    expect(diagnostics[0]!.message).toContain(words);
    expect(diagnostics[0]!.message).toMatch(/^[A-Z].*[^.]$/);
  });

  test.each([
    'timeout: 0',
    'timeout: 2073601',
    'timeout: 0.0005',
    'retry: {delay: 1e9}',
    'resources: {memory: -1}',
    'resources: {memory: 1e9}',
    'limits: {memory: 9000001}',
    'limits: {memory: 1e21}',
  ])('never suggests what it would refuse: %s', keys =>
    expect(refused(stage(keys))[0]!.message).not.toContain('did you mean'),
  );

  test.each(['resources: {memory: 9000TB}', 'timeout: 1ms', 'retry: {delay: 0s}', 'retry: {delay: 24d}'])(
    'goes as far as %s',
    keys => expect(accepted(stage(keys)).steps).toHaveLength(1),
  );
});

describe('limits of a file', () => {
  const TWO = 'stages: {one: {uses: draw-faces}, two: {uses: draw-faces, limits: {memory: 2GB}}}';
  const limitsOf = (text: string, rest: Rest = {}) =>
    Object.fromEntries(accepted(text, rest).steps.map(({ id, limits }) => [id, limits.memory]));

  test('hold for stages without any of their own', () => {
    expect(limitsOf(`name: a\nlimits: {memory: 1GB}\n${TWO}`)).toEqual({ one: 1e9, two: 2e9 });
  });

  test('come from a file that is extended, and from a profile over them', () => {
    const files = { 'base.yaml': `limits: {memory: 3GB}\n${TWO}` };
    const text = 'name: a\nextends: base.yaml\nprofiles: {big: {limits: {memory: 64GB}}}';
    expect(limitsOf(text, { files })).toEqual({ one: 3e9, two: 2e9 });
    expect(limitsOf(text, { files, profiles: ['big'] })).toEqual({ one: 64e9, two: 2e9 });
  });

  test('hold for imported stages, and those of an imported file do not', () => {
    const files = { 'lib.yaml': `limits: {memory: 3GB}\n${TWO}` };
    expect(limitsOf('name: a\nlimits: {memory: 1GB}\nimports: {lib: lib.yaml}', { files })).toEqual({
      'lib.one': 1e9,
      'lib.two': 2e9,
    });
    expect(limitsOf('name: a\nimports: {lib: lib.yaml}', { files })).toMatchObject({ 'lib.one': undefined });
  });

  test('are looked at in every file', () => {
    expect(refused(`name: a\nlimits: {memory: 1}\n${TWO}`)).toMatchObject([{ code: 'bad-size', line: 2 }]);
  });
});
