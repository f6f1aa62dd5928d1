import { describe, expect, test } from '@jest/globals';
import Ajv from 'ajv';
import {
  choice,
  flag,
  inputPath,
  integer,
  list,
  mapOf,
  nullable,
  number,
  numberOrMap,
  object,
  optional,
  secret,
  tagged,
  text,
  type TypeOf,
} from '../../src/kit/options';
import type { OptionsSchema } from '../../src/stage';

const weight = number('Factor', { minimum: 0, default: 1 });
const options = object('Options of a toy stage', {
  size: integer('Edge', { enum: [112, 128], default: 112 }),
  name: text('What it is called', { minLength: 1 }),
  quiet: optional(flag('Whether nothing is said')),
  token: optional(secret('What a server wants to be told')),
  terms: list(
    'What is minimised',
    tagged('A term', 'kind', {
      mse: object('Squared distance', { weight, reduction: choice('How', ['mean', 'sum'], { default: 'mean' }) }),
      teacher: object('Distance to a teacher', { weight, weights: inputPath('A model') }),
    }),
    { minItems: 1 },
  ),
  folders: mapOf('Folders by domain', inputPath('A folder')),
});

/** Each can stand for the other, and the same members may be left out. */
type Equal<A, B> = [A, Required<A>] extends [B, Required<B>]
  ? [B, Required<B>] extends [A, Required<A>]
    ? true
    : false
  : false;

interface Wanted {
  readonly size: number;
  readonly name: string;
  readonly quiet?: boolean;
  readonly token?: string;
  readonly terms: readonly (
    | { readonly kind: 'mse'; readonly weight: number; readonly reduction: 'mean' | 'sum' }
    | { readonly kind: 'teacher'; readonly weight: number; readonly weights: string }
  )[];
  readonly folders: Readonly<Record<string, string>>;
}

describe('kit/options', () => {
  test('gives the type of what a schema accepts', () => {
    const isEqual: Equal<TypeOf<typeof options>, { [K in keyof Wanted]: Wanted[K] }> = true;
    const schema: OptionsSchema = options;
    expect([isEqual, schema.required]).toEqual([true, ['name', 'terms', 'folders']]);
  });

  test('takes a number, or a map in its place, and fills neither into the other', () => {
    const rate = numberOrMap(
      'A rate',
      { exclusiveMinimum: 0 },
      { perImage: number('For each', { exclusiveMinimum: 0 }) },
      { default: { perImage: 0.5 } },
    );
    const isEqual: Equal<TypeOf<typeof rate>, number | { readonly perImage: number }> = true;
    const validate = new Ajv({ useDefaults: true, allowUnionTypes: true }).compile(object('Options', { rate }));
    const empty: { rate?: unknown } = {};
    expect([isEqual, validate(empty), empty]).toEqual([true, true, { rate: { perImage: 0.5 } }]);
    const taken = [0.1, { perImage: 2 }, 0, {}, { perImage: 0 }, { perImage: 1, more: 1 }, '0.1', null];
    expect(taken.map(value => validate({ rate: value }))).toEqual([true, true, ...Array<boolean>(6).fill(false)]);
  });

  test('makes branches that fill in their own defaults', () => {
    const ajv = new Ajv({ discriminator: true, useDefaults: true, formats: { 'input-path': true, secret: true } });
    const given: unknown = { name: 'a', terms: [{ kind: 'mse' }, { kind: 'teacher', weights: 'x' }], folders: {} };
    expect(ajv.validate(options, given)).toBe(true);
    expect(given).toMatchObject({
      size: 112,
      terms: [
        { kind: 'mse', weight: 1, reduction: 'mean' },
        { kind: 'teacher', weight: 1, weights: 'x' },
      ],
    });
    expect(ajv.validate(options, { name: 'a', terms: [{ kind: 'teacher' }], folders: {} })).toBe(false);
  });

  test('lets a scalar be null only where that is said', () => {
    const rate = nullable(number('A rate', { minimum: 0, maximum: 1 }));
    const value: TypeOf<typeof rate> = null;
    const validate = new Ajv({ allowUnionTypes: true }).compile(rate);
    expect([value, 0.5, 2, 'x'].map(each => validate(each))).toEqual([true, true, false, false]);
  });
});
