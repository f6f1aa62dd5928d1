import { describe, expect, test } from '@jest/globals';
import { STAGES } from '../../../stages';
import { accepted, refused } from '../../workflow/configuration/load-toy';

const pipeline = (stage: string, options: string, matrix = ''): string => `name: moved
stages:
  draw: {uses: synthesize-faces, with: {domain: real}}
  read: {uses: read-faces, in: {folder: draw}, with: {split: train, domain: real}}
  align: {uses: align-faces, in: {photos: read}}
  teach: {uses: train-teacher, in: {faces: align}}
  embed: {uses: embed-faces, in: {faces: align, teacher: teach}}
  it: {uses: ${stage}, in: {faces: align${stage === 'train-teacher' ? '' : ', embeddings: embed'}}, ${matrix}with: {${options}}}
`;
const mistakes = (stage: string, options: string, matrix = ''): string[] =>
  refused(pipeline(stage, options, matrix), { stages: STAGES }).map(({ message }) => message);

/** What is written in place of the options, by the one message about them. */
function answer(stage: string, options: string, matrix = ''): string {
  const found = mistakes(stage, options, matrix);
  expect(found).toHaveLength(1);
  return /(?:it is|they are) now written as `(.*)`$/.exec(found[0]!)![1]!;
}

const SGD = (members: string): string => `optimiser: { optimiser: sgd, ${members} }`;
const STEPS = (members: string): string => `schedule: { schedule: steps, ${members} }`;

describe.each(['distill-student', 'train-teacher'])('the options of earlier versions of %s', stage => {
  test.each([
    ['learningRate: 0.05', SGD('learningRate: 0.05')],
    ['learningRate: {perImage: 0.0002}', SGD('learningRate: { perImage: 0.0002 }')],
    ['momentum: 0.8', SGD('momentum: 0.8')],
    ['weightDecay: 0', SGD('weightDecay: 0')],
    ['weightDecay: 1e-4, learningRate: 1', SGD('learningRate: 1, weightDecay: 0.0001')],
    ['milestones: [1, 2]', STEPS('milestones: [1, 2]')],
    ['milestones: []', STEPS('milestones: []')],
    ['gamma: 0.5, milestones: [3]', STEPS('milestones: [3], gamma: 0.5')],
    ['flip: false', 'augmentations: []'],
    ['flip: true', 'augmentations: [{ augmentation: flip }]'],
  ])('%s is written as %s, which is taken', (options, now) => {
    expect(answer(stage, options)).toBe(now);
    expect(accepted(pipeline(stage, now), { stages: STAGES }).steps).toHaveLength(6);
  });

  test.each([
    ['learningRate: fast', SGD('learningRate: …')],
    ['learningRate: {perImage: "1"}', SGD('learningRate: { perImage: … }')],
    ['momentum: "0.8"', SGD('momentum: …')],
    ['milestones: 8', STEPS('milestones: …')],
    ['milestones: [8, x]', STEPS('milestones: [8, …]')],
    ['flip: "no"', 'augmentations: …'],
  ])('%s, which they did not take, is answered without the value', (options, now) => {
    expect(answer(stage, options)).toBe(now);
  });

  test('are told one by one where they go to different places', () => {
    expect(mistakes(stage, 'gamma: 0.5, momentum: 0.8, flip: false, learningRate: 0.1')).toEqual([
      `Unknown option "gamma" of ${stage}: it is now written as \`schedule: { schedule: steps, gamma: 0.5 }\``,
      `Unknown options "momentum" and "learningRate" of ${stage}: they are now written as ` +
        '`optimiser: { optimiser: sgd, learningRate: 0.1, momentum: 0.8 }`',
      `Unknown option "flip" of ${stage}: it is now written as \`augmentations: []\``,
    ]);
  });

  test('have one answer for all cells of a matrix', () => {
    expect(answer(stage, 'momentum: "${matrix.m}", weightDecay: 0', 'matrix: {m: [0.8, 0.9]}, ')).toBe(
      SGD('momentum: …, weightDecay: 0'),
    );
  });
});

describe('the losses of earlier versions', () => {
  test.each([
    ['distillation: {weight: 10}', '{ loss: elastic-arcface }, { loss: embedding-mse, weight: 10 }'],
    ['distillation: {reduction: sum}', '{ loss: elastic-arcface }, { loss: embedding-mse, reduction: sum }'],
    ['distillation: {weight: 0}', '{ loss: elastic-arcface }'],
    ['distillation: {}', '{ loss: elastic-arcface }, { loss: embedding-mse }'],
    ['identityWeight: 0', '{ loss: elastic-arcface, weight: 0 }, { loss: embedding-mse }'],
    ['scale: 32', '{ loss: elastic-arcface, scale: 32 }, { loss: embedding-mse }'],
    ['margin: {std: 0}', '{ loss: elastic-arcface, margin: { std: 0 } }, { loss: embedding-mse }'],
    [
      'distillation: {weight: 20, reduction: sum}, margin: {mean: 0.4, std: 0.1}, scale: 16, identityWeight: 2',
      '{ loss: elastic-arcface, weight: 2, scale: 16, margin: { mean: 0.4, std: 0.1 } }, { loss: embedding-mse, weight: 20, reduction: sum }',
    ],
  ])('of a student, %s, are the terms %s, which are taken', (options, terms) => {
    const now = `terms: [${terms}]`;
    expect(answer('distill-student', options)).toBe(now);
    expect(accepted(pipeline('distill-student', now), { stages: STAGES }).steps).toHaveLength(6);
  });

  test.each([
    ['distillation: 10', '{ loss: elastic-arcface }, { loss: embedding-mse, weight: … }'],
    ['distillation: {weight: "0"}', '{ loss: elastic-arcface }, { loss: embedding-mse, weight: … }'],
    ['distillation: {reduction: all}', '{ loss: elastic-arcface }, { loss: embedding-mse, reduction: … }'],
    ['margin: 0.5', '{ loss: elastic-arcface, margin: … }, { loss: embedding-mse }'],
  ])('of a student, %s, which is no value of them, are answered without it', (options, terms) => {
    expect(answer('distill-student', options)).toBe(`terms: [${terms}]`);
  });

  test('of a teacher are one term', () => {
    const now = 'terms: [{ loss: elastic-arcface, scale: 32, margin: { mean: 0.3 } }]';
    expect(answer('train-teacher', 'margin: {mean: 0.3}, scale: 32')).toBe(now);
    expect(accepted(pipeline('train-teacher', now), { stages: STAGES }).steps).toHaveLength(6);
  });

  test('of a student are no options that a teacher ever had', () => {
    expect(mistakes('train-teacher', 'distillation: {}')[0]).toContain('"distillation" of train-teacher: use ');
  });
});
