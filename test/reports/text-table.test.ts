import { describe, expect, test } from '@jest/globals';
import { compareModels } from '../../src/reports/compare';
import type { ComparedModel } from '../../src/reports/compared-model';
import type { Role } from '../../src/data/evaluation';
import { textTable } from '../../src/reports/text-table';
import { comparedModel, pairsWithErrors } from '../helpers/evaluations';

const every = (errors: number): number[] => new Array<number>(10).fill(errors);

function modelOf(label: string, role: Role, errors: Record<string, number[]>): ComparedModel {
  return comparedModel({ label, role }, pairsWithErrors(errors));
}

const render = (models: readonly ComparedModel[]): string[] =>
  textTable(compareModels(models, { title: 't', notes: '' })).split('\n');

describe('textTable', () => {
  test('says that two of the models are one, without the names of stages', () => {
    const one = modelOf('first', 'distilled', { A: every(1), B: every(1) });
    const twin = { ...modelOf('second', 'plain', { A: every(1), B: every(1) }), model: one.model };
    const text = render([one, twin]).join(' ').replace(/\s+/g, ' ');
    expect(text).toMatch(
      /“first” and “second” are one model, weights [0-9a-f]{12}: every difference between them is 0 by construction/,
    );
    expect(text).not.toContain('stage');
  });

  test('lists accuracies, mean, STD with ddof 0 and SER, students before the teacher', () => {
    const lines = render([
      modelOf('teacher', 'teacher', { A: every(1), B: every(1) }),
      modelOf('student, not distilled', 'plain', { A: every(2), B: every(4) }),
      modelOf('student, distilled', 'distilled', { A: every(1), B: every(2) }),
    ]);
    // One error in 20 pairs is 5 points. STD of two values is half their distance; SER is 10/5, 20/10 and 5/5.
    const values = lines.map(line => line.split(/ {2,}/));
    expect(values.filter((_, i) => i % 2 === 1 || i === 0)).toEqual([
      ['model', 'A', 'B', 'mean', 'STD', 'SER'],
      ['student, distilled', '95.00', '90.00', '92.50', '2.50', '2.00'],
      ['student, not distilled', '90.00', '80.00', '85.00', '5.00', '2.00'],
      ['teacher', '95.00', '95.00', '95.00', '0.00', '1.00'],
      ['Accuracy in %, mean of 10 folds; STD over the 2 groups with ddof 0; SER = max error / min error'],
    ]);
    // Below each number its interval, in the same column.
    for (const i of [2, 4, 6]) {
      expect(lines[i]).toMatch(/^ {2}95 % interval +(\d+\.\d–\d+\.\d *){5}$/);
      expect(lines[i]).toHaveLength(lines[0]!.length);
    }
    expect(lines.at(-1)).toMatch(
      /^No evidence of a spread: “student, distilled” \(p = 0\.\d\d\), “teacher” \(p = 1\.00\)$/,
    );
  });

  test('speaks of no spread over one group', () => {
    const lines = render([modelOf('student', 'other', { A: every(1) })]);
    expect(lines).toContain('Accuracy in %, mean of 10 folds');
    expect(lines).toContain('STD undefined: only group A has an accuracy');
  });

  test('says why a group has no interval', () => {
    const pairs = pairsWithErrors({ A: every(1), B: every(2) });
    const few = pairs.map(pair => (pair.group === 'A' ? { ...pair, identity_a: 'one', identity_b: 'two' } : pair));
    const lines = render([comparedModel({ label: 'x', role: 'other' }, few)]);
    expect(lines[2]).toMatch(/^ {2}95 % interval +– +\d+\.\d–\d+\.\d +– +– +–$/);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(
      'No interval for group A (only 2 people, want at least 10), nor for the numbers over all groups',
    );
    expect(render([comparedModel({ label: 'x', role: 'other' }, pairs)]).join(' ')).not.toContain('No interval');
  });

  test('says why SER is undefined', () => {
    const lines = render([modelOf('perfect in A', 'other', { A: every(0), B: every(2) })]);
    expect(lines[1]).toMatch(/undef\.$/);
    expect(lines.at(-1)).toBe('SER undefined: no errors in group A (division by 0)');
  });

  test('repeats what the evaluations doubt, once for pairs and by model for embeddings', () => {
    const doubted = (label: string, findings: readonly string[]): ComparedModel => {
      const model = modelOf(label, 'other', { A: every(1), B: every(1) });
      return {
        ...model,
        model: { ...model.model, sample: { findings } },
        pairFaults: { repeated: { A: 60, B: 2 }, mislabelled: { B: 1 } },
        duplicates: { ofOtherIdentity: 3 },
      };
    };
    const text = render([doubted('first', []), doubted('second', ['class-scores', 'class-scores'])]).join(' ');
    const told = [
      'Doubtful pairs: pairs of the same pictures as another pair, counted more than once (A 60, B 2)',
      'Doubtful pairs: genuine pairs of two identities, or impostor pairs of one (B 1)',
      '3 test faces show the same picture as a face of another identity',
      '“second” gives the scores of classes and no embeddings: see the log of its evaluation',
    ];
    for (const sentence of told) expect(text.split(sentence)).toHaveLength(2);
    expect(text).not.toContain('“first” gives');
  });

  test('says which models were shown other faces, unless they take faces of another size', () => {
    const shown = (label: string, facePixels: string | undefined, size: number): ComparedModel => {
      const model = modelOf(label, 'other', { A: every(1), B: every(1) });
      const preprocessing = { size, channels: 'RGB', layout: 'NCHW', mean: 127.5, scale: 127.5 };
      return { ...model, ...(facePixels && { facePixels }), model: { ...model.model, preprocessing } };
    };
    const models = [shown('a', 'p', 112), shown('b', 'p', 112), shown('c', 'q', 112), shown('d', 'r', 224)];
    const text = render([...models, shown('e', undefined, 112)]).join(' ');
    expect(text.match(/“.” and “.” were shown differently aligned faces/g)).toEqual([
      '“c” and “a” were shown differently aligned faces',
    ]);
  });

  test('keeps to 100 columns with many groups and long names, and loses no column', () => {
    const groups = Array.from({ length: 12 }, (_, i) => `A rather long group name, number ${i}`);
    const label = 'a student that was distilled with a very long list of options';
    const lines = render([modelOf(label, 'distilled', Object.fromEntries(groups.map(group => [group, every(1)])))]);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(100);
    expect(lines.join(' ').match(/95\.00/g)).toHaveLength(13);
  });

  test('lets no label break out of its line', () => {
    const lines = render([modelOf('one\ntwo\u001b[31m\u202e', 'other', { A: every(1), B: every(1) })]);
    expect(lines).toHaveLength(5);
    expect(lines[1]).toMatch(/^one two \[31m {2,}95\.00/);
  });
});
