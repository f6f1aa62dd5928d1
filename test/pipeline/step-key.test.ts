import { describe, expect, test } from '@jest/globals';
import type { CheckedStep } from '../../src/configuration/checked-pipeline';
import { keyContent, stepKey, type KeyParts } from '../../src/pipeline/step-key';
import { toyStage } from '../helpers/toy-stages';

const stage = toyStage('read', async () => Promise.resolve(), {
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      file: { type: 'string', format: 'input-path', description: 'A file' },
      word: { type: 'string', description: 'A word' },
    },
  },
});
const step: CheckedStep = { id: 'one', stage, options: { file: '/photos', word: 'x' }, inputs: {}, line: 1 };
const input = (port: string, digest: string, key = 'k') => ({ port, step: 's', output: 'o', digest, key });
const parts: KeyParts = {
  step,
  inputs: [input('b', '1'), input('a', '2'), input('b', '3')],
  externals: new Map([['/photos', 'sha256:photos']]),
  engine: 'wasm',
};

describe('stepKey()', () => {
  test('is 32 hexadecimal digits', () => {
    expect(stepKey(parts)).toMatch(/^[0-9a-f]{32}$/);
  });

  test('changes with whatever can change the result', () => {
    const changes: Partial<KeyParts>[] = [
      { step: { ...step, stage: { ...stage, name: 'other' } } },
      { step: { ...step, stage: { ...stage, version: 2 } } },
      { step: { ...step, options: { ...step.options, word: 'y' } } },
      { step: { ...step, options: { file: '/photos' } } },
      { externals: new Map([['/photos', 'sha256:others']]) },
      { inputs: [...parts.inputs, input('b', '4')] },
      { inputs: [input('b', '3'), input('a', '2'), input('b', '1')] },
      { step: { ...step, stage: { ...stage, usesEngine: true } } },
    ];
    const keys = [{}, ...changes].map(change => stepKey({ ...parts, ...change }));
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('does not change with names, places, the order of ports or an engine that is not used', () => {
    const same: Partial<KeyParts>[] = [
      { step: { ...step, id: 'two' } },
      {
        step: { ...step, options: { word: 'x', file: '/elsewhere' } },
        externals: new Map([['/elsewhere', 'sha256:photos']]),
      },
      { inputs: [input('a', '2', 'other'), input('b', '1'), input('b', '3')] },
      { engine: 'tensorflow' },
    ];
    for (const change of same) expect(stepKey({ ...parts, ...change })).toBe(stepKey(parts));
  });
});

describe('keyContent()', () => {
  test('holds places when the artifact refers to files where they lie', () => {
    expect(keyContent({ ...parts, step: { ...step, stage: { ...stage, locationMatters: true } } })).toEqual({
      format: 1,
      stage: 'read',
      version: 1,
      options: { file: ['sha256:photos'], word: 'x' },
      inputs: [
        { port: 'a', digests: ['2'] },
        { port: 'b', digests: ['1', '3'] },
      ],
      location: { options: { file: ['/photos'] }, inputs: [['k'], ['k', 'k']] },
    });
  });
});
