import { describe, expect, test } from '@jest/globals';
import { EMPTY } from 'rxjs';
import { STAGES } from '../../../../stages';
import { list, number, object, type TypeOf } from '../../../../src/kit/options';
import type { Stage } from '../../../../src/stage';
import { many } from '../../../../src/stage-inputs';
import { inline } from '../../../helpers/toy-stages';
import { accepted, refused, type Rest } from '../load-toy';
import { TOY_STAGES } from '../toy-stages';

const options = object('Numbers', {
  numbers: list('Numbers', number('One', { minimum: 0 }), { default: [1] }),
  most: number('Of any', { default: 5 }),
});
const inputs = { photos: many('photo-set', 'Photographs', { optional: true }) };

/** Wants as many photo sets as numbers, and none of these above the most. */
const count: Stage<TypeOf<typeof options>, typeof inputs> = {
  name: 'count',
  summary: 'Counts',
  version: 1,
  options,
  objections: ({ numbers, most }, { photos = 0 }) => [
    ...numbers.flatMap((each, i) =>
      each > most ? [{ option: ['numbers', i], code: 'too-large' as const, text: 'too much' }] : [],
    ),
    ...(photos === numbers.length ? [] : [{ option: ['numbers'], code: 'no-faces' as const, text: `${photos} sets` }]),
  ],
  inputs,
  outputs: {},
  body: inline(() => EMPTY),
};
const rest: Rest = { stages: { ...TOY_STAGES, count } };
const toy = (step: string): string => `name: toy
stages:
  draw: {uses: draw-faces}
  it: {uses: count, ${step}}`;
const places = (text: string, more: Rest = rest) =>
  refused(text, more).map(({ code, line, column, message }) => [code, line, column, message]);

describe('what a stage objects to', () => {
  test.each([
    ['a part of an option', 'in: {photos: draw}, with: {numbers: [9]}', [['too-large', 4, 58]]],
    ['an option', 'in: {photos: [draw, draw]}, with: {numbers: [1]}', [['no-faces', 4, 65]]],
    ['an option that the file does not have, at the step', 'with: {most: 3}', [['no-faces', 4, 3]]],
    [
      'several things at once',
      'with: {numbers: [9, 8]}',
      [
        ['too-large', 4, 38],
        ['too-large', 4, 41],
        ['no-faces', 4, 37],
      ],
    ],
  ])('is reported for %s', (_, step, expected) => {
    expect(
      places(toy(step))
        .map(place => place.slice(0, 3))
        .sort(),
    ).toEqual([...expected].sort());
  });

  test('names the step', () => {
    expect(places(toy('with: {most: 3}'))[0]![3]).toBe('Cannot run "it" (count): 0 sets');
  });

  test('is reported once for all cells of a matrix that have the mistake', () => {
    const text = toy('matrix: {n: [1, 8, 9]}, in: {photos: draw}, with: {numbers: ["${matrix.n}"]}');
    expect(refused(text, rest)).toMatchObject([{ code: 'too-large', line: 4 }]);
  });

  test.each([
    ['options that are wrong themselves', 'with: {numbers: [-1]}', ['bad-option']],
    ['options that cannot be told', 'with: {most: "${params.x}"}', ['unknown-param']],
    ['a port that is misspelt', 'in: {photo: draw}', ['unknown-input']],
    ['a stage that is misspelt', 'in: {photos: drew}', ['unknown-step']],
  ])('is not asked about %s', (_, step, codes) => {
    expect(refused(toy(step), rest).map(({ code }) => code)).toEqual(codes);
  });

  test('is nothing where all is well', () => {
    expect(accepted(toy('in: {photos: draw}'), rest).steps).toHaveLength(2);
  });
});

const shipped = (student: string, teacher = '', evaluation = ''): string => `name: shipped
stages:
  draw: {uses: synthesize-faces, with: {domain: real}}
  read: {uses: read-faces, in: {folder: draw}, with: {split: train, domain: real}}
  test: {uses: read-faces, in: {folder: draw}, with: {split: test, domain: real}}
  align: {uses: align-faces, in: {photos: read}}
  teach: {uses: train-teacher, in: {faces: align}, with: {${teacher}}}
  embed: {uses: embed-faces, in: {faces: align, teacher: teach}}
  student: {uses: distill-student, ${student}}
  rate: {uses: evaluate-student, in: {model: student, faces: align, pairs: test.pairs}, with: {${evaluation}}}
`;
const TAUGHT = 'in: {faces: align, embeddings: embed}';

describe('the shipped stages object, before anything runs, to', () => {
  test.each([
    ['a student without a teacher', shipped('in: {faces: align}'), ['no-embeddings', 9, 3]],
    [
      'a term without a teacher',
      shipped('in: {faces: align}, with: {terms: [{loss: elastic-arcface}, {loss: embedding-mse, weight: 2}]}'),
      ['no-embeddings', 9, 103],
    ],
    [
      'weights that are all 0',
      shipped(`${TAUGHT}, with: {terms: [{loss: elastic-arcface, weight: 0}, {loss: embedding-mse, weight: 0}]}`),
      ['nothing-to-learn', 9, 89],
    ],
    [
      'a weight of 0 of a teacher',
      shipped(TAUGHT, 'terms: [{loss: elastic-arcface, weight: 0}]'),
      ['nothing-to-learn', 7, 66],
    ],
    ['a metric twice', shipped(TAUGHT, '', 'metrics: [{metric: eer}, {metric: eer}]'), ['metric-twice', 10, 130]],
    ['a loss that a teacher cannot have', shipped(TAUGHT, 'terms: [{loss: embedding-mse}]'), ['bad-option', 7, 74]],
  ])('%s', (_, text, expected) => {
    expect(places(text, { stages: STAGES }).map(place => place.slice(0, 3))).toEqual([expected]);
  });

  test('all of that at once', () => {
    const text = shipped(
      'in: {faces: align}',
      'terms: [{loss: embedding-mse}]',
      'metrics: [{metric: eer}, {metric: eer}]',
    );
    expect(refused(text, { stages: STAGES }).map(({ code }) => code)).toEqual([
      'bad-option',
      'no-embeddings',
      'metric-twice',
    ]);
  });

  test.each([
    [
      'a term that needs a teacher with weight 0',
      'in: {faces: align}, with: {terms: [{loss: elastic-arcface}, {loss: embedding-mse, weight: 0}]}',
    ],
    ['no term that needs one', 'in: {faces: align}, with: {terms: [{loss: elastic-arcface}]}'],
    [
      'two terms of one loss',
      `${TAUGHT}, with: {terms: [{loss: embedding-mse}, {loss: embedding-mse, reduction: sum}]}`,
    ],
  ])('but not to %s', (_, student) => {
    expect(accepted(shipped(student), { stages: STAGES }).steps).toHaveLength(8);
  });
});
