import { describe, expect, test } from '@jest/globals';
import { compareModels } from '../../src/reports/compare';
import type { ComparedModel } from '../../src/reports/compared-model';
import type { Role, TrainingRecord } from '../../src/data/evaluation';
import { html as htmlReport } from '../../src/reports/pages/html';
import { textTable } from '../../src/reports/text-table';
import { otherTeachers, otherTraining, untoldStudents } from '../../src/reports/training';
import { comparedModel, pairsWithErrors } from '../helpers/evaluations';

const PAIRS = pairsWithErrors({ A: new Array<number>(10).fill(1), B: new Array<number>(10).fill(1) });
const HEAD = { loss: 'head', weight: 1, scale: 64 };
const TRAINING: TrainingRecord = {
  recipe: {
    ...{ seed: 1, epochs: 3, optimiser: { optimiser: 'sgd', momentum: 0.9 } },
    terms: [HEAD, { loss: 'distance', weight: 0 }],
  },
  trainedOn: { faces: ['sha256:1'], selection: 'sha256:2', images: 100 },
};

function model(label: string, role: Role, weights: string, training?: TrainingRecord): ComparedModel {
  const made = comparedModel({ label, role }, PAIRS);
  return { ...made, model: { ...made.model, sha256: weights, ...(training && { training }) } };
}
const student = (label: string, teacher?: string): ComparedModel =>
  model(label, 'distilled', `of ${label}`, { ...TRAINING, ...(teacher !== undefined && { teacher }) });
const plain = (label: string, changed: Partial<TrainingRecord> = {}, role: Role = 'plain'): ComparedModel =>
  model(label, role, `of ${label}`, { ...TRAINING, ...changed });
const recipe = (changed: Record<string, unknown>) => ({ recipe: { ...TRAINING.recipe, ...changed } });

const WRONG =
  '“t” is called the teacher, but “d” learnt from another model (weights aaa): their difference is not that of a student to its teacher';

describe('otherTeachers()', () => {
  const teacher = model('t', 'teacher', 'bbb');
  test.each<[string, readonly ComparedModel[]]>([
    ['the teacher of the student', [student('d', 'bbb'), teacher]],
    ['a student that does not say from whom it learnt', [student('d'), teacher]],
    ['no teacher', [student('d', 'aaa'), plain('p')]],
    [
      'two teachers with a student each',
      [student('d', 'bbb'), student('e', 'ccc'), teacher, model('u', 'teacher', 'ccc')],
    ],
  ])('has nothing to say about %s', (_, models) => expect(otherTeachers(models)).toEqual([]));

  test('reports a teacher that was not the one, and who was where that is known', () => {
    expect(otherTeachers([student('d', 'aaa'), teacher])).toEqual([WRONG]);
    const [told] = otherTeachers([student('d', 'aaa'), teacher, model('x', 'other', 'aaa')]);
    expect(told).toContain('“d” learnt from “x” (weights aaa)');
  });

  test('reports a distilled student that is called the teacher of another', () => {
    const own = model('first', 'teacher', 'bbb', { ...TRAINING, teacher: 'aaa' });
    expect(otherTeachers([student('d', 'bbb'), own])).toEqual([]);
    expect(otherTeachers([student('d', 'aaa'), own])[0]).toContain('“first” is called the teacher, but “d” learnt');
  });

  test('reports a second teacher that has taught nobody', () => {
    const [told, ...more] = otherTeachers([student('d', 'bbb'), teacher, model('u', 'teacher', 'ccc')]);
    expect(more).toEqual([]);
    expect(told).toContain('“u” is called the teacher, but “d” learnt from “t” (weights bbb)');
  });

  test('reports the one student whose teacher is missing', () => {
    const told = otherTeachers([student('d', 'bbb'), student('e', 'ccc'), teacher]);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('“t” is called the teacher, but “e” learnt');
  });
});

describe('otherTraining()', () => {
  test.each<[string, ComparedModel]>([
    ['trained alike', plain('p')],
    ['of another seed and weight', plain('p', recipe({ seed: 2, terms: [{ ...HEAD, weight: 2 }] }))],
    ['that does not say how', model('p', 'plain', 'x')],
    ['of another role', plain('p', recipe({ epochs: 1 }), 'other')],
  ])('has nothing to say about a student without a teacher %s', (_, other) =>
    expect(otherTraining([student('d', 'aaa'), other])).toEqual([]),
  );

  const taught = (terms: readonly object[]): ComparedModel =>
    model('d', 'distilled', 'of d', {
      ...{ teacher: 'aaa', recipe: { ...TRAINING.recipe, terms } },
      trainedOn: { ...TRAINING.trainedOn, taughtBy: ['distance'] },
    });

  test('takes the terms that learn from a teacher for distillation, and no others', () => {
    const distance = { loss: 'distance', weight: 5, reduction: 'mean' };
    expect(otherTraining([taught([HEAD, distance]), plain('p')])).toEqual([]);
    const [told] = otherTraining([taught([{ ...HEAD, scale: 32 }, distance, HEAD]), plain('p')]);
    expect(told).toContain('what differs: head.scale 32 and 64, head-2.loss "head" and none, head-2.scale 64');
    const other = plain('p', recipe({ optimiser: { optimiser: 'sgd', momentum: 0.5 } }));
    expect(otherTraining([taught([HEAD, distance]), other])[0]).toMatch(/: optimiser\.momentum 0\.9 and 0\.5$/);
  });

  test('names what differs beside distillation, once for all pairs that differ so', () => {
    const other = plain('p', { ...recipe({ epochs: 1 }), trainedOn: { faces: ['sha256:3'], images: 40 } });
    expect(otherTraining([student('d', 'aaa'), student('e', 'aaa'), other])).toEqual([
      '“d” and “p”; “e” and “p” differ in more than distillation, which alone does not explain what differs: ' +
        'epochs 3 and 1, images 100 and 40, the faces, the selection of faces',
    ]);
  });
});

test('untoldStudents() reports a model that learnt from a teacher where no role says so', () => {
  const left = model('d', 'other', 'x', { ...TRAINING, teacher: 'aaa' });
  expect(untoldStudents([left, plain('p')])[0]).toContain('“d” learnt from a teacher and has the role “other”');
  expect(untoldStudents([left, student('e', 'aaa')])).toEqual([]);
  expect(untoldStudents([left])).toEqual([]);
  expect(untoldStudents([model('t', 'teacher', 'x', { ...TRAINING, teacher: 'aaa' }), plain('p')])).toEqual([]);
  expect(untoldStudents([plain('q', {}, 'other'), plain('p')])).toEqual([]);
});

test('both stand in the headline and on the page', () => {
  const models = [student('d', 'aaa'), plain('p', recipe({ epochs: 1 })), model('t', 'teacher', 'bbb')];
  const comparison = compareModels(models, { title: 't', notes: '' });
  const text = textTable(comparison).replace(/\s+/g, ' ');
  const page = htmlReport.render(comparison).replace(/\s+/g, ' ');
  for (const sentence of [...otherTeachers(models), ...otherTraining(models)]) {
    expect(text).toContain(sentence);
    expect(page).toContain(`<p class="note">${sentence}.</p>`);
  }
  expect(text).toContain(WRONG);
});
