import { expect, test } from '@jest/globals';
import { namedMembers } from '../../../src/workflow/keys/named-members';
import type { OptionsSchema } from '../../../src/stage';

const term = (loss: string) => ({
  type: 'object',
  properties: { loss: { const: loss, family: 'losses' }, weight: { type: 'number' } },
});

const SCHEMA: OptionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    student: { type: 'string', family: 'students', description: '' },
    metrics: { type: 'array', items: { type: 'string', family: 'metrics' }, description: '' },
    terms: {
      type: 'array',
      items: { type: 'object', discriminator: { propertyName: 'loss' }, oneOf: [term('arcface'), term('mse')] },
      description: '',
    },
    name: { type: 'string', description: 'Names no member' },
  },
};

test('members are named at any depth of the options, each once and sorted', () => {
  const options = {
    student: 'tiny',
    metrics: ['eer', 'accuracy', 'eer'],
    terms: [{ loss: 'mse', weight: 2 }, { loss: 'arcface' }],
    name: 'small',
  };
  expect(namedMembers(SCHEMA, options)).toEqual({
    students: ['tiny'],
    metrics: ['accuracy', 'eer'],
    losses: ['arcface', 'mse'],
  });
});

// Then every member counts, because nobody has said which is used.
test('a family of which nothing is named is left out', () => {
  expect(namedMembers(SCHEMA, { terms: [], name: 'x' })).toEqual({});
});
