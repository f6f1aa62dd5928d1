import { describe, expect, test } from '@jest/globals';
import type { CheckedStep } from '../../../src/workflow/configuration/checked-pipeline';
import { keyLeaves, keyOf, type KeyParts } from '../../../src/workflow/keys/step-key';
import { toyPipeline } from '../../helpers/rig';
import { toyStage } from '../../helpers/toy-stages';
import { LEARN } from '../configuration/toy-stages';

const stage = toyStage('read', async () => Promise.resolve(), {
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      file: { type: 'string', format: 'input-path', description: 'A file' },
      files: { type: 'array', items: { type: 'string', format: 'input-path' }, description: 'Files' },
      word: { type: 'string', description: 'A word' },
      shape: { type: 'object', description: 'A shape' },
    },
  },
});
const options = { file: '/photos', files: ['/a', '/b'], word: 'x', shape: { sides: [3, 4], none: [] } };
const step: CheckedStep = {
  ...toyPipeline({ one: { uses: 'read', with: options } }, { read: stage }).steps[0]!,
  env: { MODE: 'fast' },
};
const input = (port: string, digest: string, key = 'k') => ({
  port,
  step: 's',
  output: 'o',
  digest,
  key,
  object: `o-${key}`,
});
const parts: KeyParts = {
  step,
  inputs: [input('b', '1'), input('a', '2'), input('b', '3')],
  externals: new Map([
    ['/photos', 'sha256:photos'],
    ['/a', 'sha256:a'],
    ['/b', 'sha256:b'],
  ]),
  program: { code: 'sha256:c', 'runtime.engine': 'wasm' },
};
const key = (change: Partial<KeyParts> = {}): string => keyOf(keyLeaves({ ...parts, ...change }));

describe('keyLeaves()', () => {
  test('are one for each scalar of the options, digests in place of paths and of the environment', () => {
    expect(keyLeaves(parts)).toEqual({
      format: 2,
      stage: 'read',
      version: 1,
      'options.word': 'x',
      'options.shape.sides[0]': 3,
      'options.shape.sides[1]': 4,
      'options.shape.none': [],
      'options.file': 'sha256:photos',
      'options.files[0]': 'sha256:a',
      'options.files[1]': 'sha256:b',
      'inputs.a[0]': '2',
      'inputs.b[0]': '1',
      'inputs.b[1]': '3',
      'env.MODE': expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      code: 'sha256:c',
      'runtime.engine': 'wasm',
    });
  });

  test('name what lies deeper, in a way that no two places share', () => {
    const values = {
      terms: [{ kind: 'teacher', weight: 1, weights: '/a', extra: '' }],
      schedule: { by: 'never' },
      domains: { 'a.b': { folders: ['/b', '/a'], language: 'en' }, a: { folders: [], language: 'de' } },
    };
    const learning = { ...step, stage: { ...LEARN, locationMatters: true }, options: values, env: {} };
    expect(keyLeaves({ ...parts, step: learning, inputs: [], program: {} })).toEqual({
      format: 2,
      stage: 'learn',
      version: 1,
      'options.terms[0].kind': 'teacher',
      'options.terms[0].weight': 1,
      'options.terms[0].weights': 'sha256:a',
      'options.terms[0].extra': '',
      'options.schedule.by': 'never',
      'options.domains["a.b"].folders[0]': 'sha256:b',
      'options.domains["a.b"].folders[1]': 'sha256:a',
      'options.domains["a.b"].language': 'en',
      'options.domains.a.folders': [],
      'options.domains.a.language': 'de',
      'location.terms[0].weights[0]': '/a',
      'location.domains["a.b"].folders[0]': '/b',
      'location.domains["a.b"].folders[1]': '/a',
    });
  });

  test('hold places when the artifact refers to files where they lie', () => {
    const locating = { ...step, stage: { ...stage, locationMatters: true } };
    const leaves = keyLeaves({ ...parts, step: locating, inputs: [input('a', '2', 'k2')] });
    expect(leaves).toMatchObject({ 'location.file[0]': '/photos', 'location.a[0]': 'o-k2' });
  });
});

describe('keyOf()', () => {
  test('is 32 hexadecimal digits, the same for the same parts', () => {
    expect(key()).toMatch(/^[0-9a-f]{32}$/);
    expect(key()).toBe(key());
  });

  test('changes with everything that can change a result', () => {
    const changes: Partial<KeyParts>[] = [
      {},
      { step: { ...step, stage: { ...stage, name: 'other' } } },
      { step: { ...step, stage: { ...stage, version: 2 } } },
      { step: { ...step, options: { ...options, word: 'y' } } },
      { step: { ...step, options: { ...options, shape: { sides: [4, 3], none: [] } } } },
      { step: { ...step, options: { ...options, shape: { sides: [3, 4], none: {} } } } },
      { step: { ...step, options: { ...options, files: ['/b', '/a'] } } },
      { step: { ...step, env: { MODE: 'slow' } } },
      { step: { ...step, env: {} } },
      { inputs: [input('b', '3'), input('a', '2'), input('b', '1')] },
      { inputs: [input('b', '1'), input('a', '9'), input('b', '3')] },
      { externals: new Map([['/photos', 'sha256:others']]) },
      { program: { ...parts.program, code: 'sha256:d' } },
      { program: { ...parts.program, 'runtime.engine': 'cpu' } },
    ];
    expect(new Set(changes.map(key)).size).toBe(changes.length);
  });

  test('does not change with names, places, resources or the order of ports', () => {
    const moved = { ...step, options: { ...options, file: '/elsewhere' } };
    const same: Partial<KeyParts>[] = [
      {
        step: {
          ...step,
          id: 'two',
          place: { ...step.place, line: 7 },
          resources: { cpu: 1 },
          limits: { memory: 5 },
          timeout: 5,
        },
      },
      { step: moved, externals: new Map([...parts.externals, ['/elsewhere', 'sha256:photos']]) },
      { inputs: [input('a', '2', 'other'), input('b', '1'), input('b', '3')] },
    ];
    for (const change of same) expect(key(change)).toBe(key());
  });
});
