import { describe, expect, test } from '@jest/globals';
import { EVERYTHING, selectSteps, stepsNamed, type Selection } from '../../../src/workflow/plan/selection';
import { toyPipeline } from '../../helpers/rig';
import { TOYS } from '../../helpers/toy-stages';

//  a ─ b ─ c@n=1 ─ e
//  │       c@n=2 ┘
//  └ d
const pipeline = toyPipeline(
  {
    a: { uses: 'say' },
    b: { uses: 'say', from: ['a'] },
    'c@n=1': { uses: 'say', from: ['b'] },
    'c@n=2': { uses: 'say', from: ['b'] },
    d: { uses: 'say', from: ['a'] },
    e: { uses: 'say', from: ['c@n=1', 'c@n=2'] },
  },
  TOYS,
);

const select = (selection: Partial<Selection>) => {
  const { steps, mustBeThere } = selectSteps(pipeline, { ...EVERYTHING, ...selection });
  return [steps.map(({ id }) => id).join(' '), [...mustBeThere].join(' ')];
};

describe('selectSteps()', () => {
  test.each<[string, Partial<Selection>, string, string]>([
    ['everything', {}, 'a b c@n=1 c@n=2 d e', ''],
    ['a target and what it needs', { targets: ['b'] }, 'a b', ''],
    ['every cell of a matrix', { targets: ['c'] }, 'a b c@n=1 c@n=2', ''],
    ['one cell', { targets: ['c@n=2'] }, 'a b c@n=2', ''],
    ['nothing after', { until: ['b'] }, 'a b', ''],
    ['what follows, with what that needs', { from: ['c@n=1'] }, 'a b c@n=1 c@n=2 e', ''],
    ['what lies between', { from: ['b'], until: ['c@n=1'] }, 'a b c@n=1', ''],
    ['targets among what follows', { from: ['b'], targets: ['d', 'c'] }, 'a b c@n=1 c@n=2', ''],
    ['one alone, which reads what must be there', { only: ['c@n=1'] }, 'a b c@n=1', 'a b'],
    ['one without needs', { only: ['a'] }, 'a', ''],
  ])('finds %s', (_, selection, steps, mustBeThere) => {
    expect(select(selection)).toEqual([steps, mustBeThere]);
  });

  test('refuses conditions that exclude each other', () => {
    for (const more of [{ from: ['a'] }, { until: ['e'] }]) {
      expect(() => select({ only: ['b'], ...more })).toThrow(
        expect.objectContaining({ code: 'bad-selection', exit: 2 }),
      );
    }
  });

  test('refuses unknown names, with the nearest', () => {
    for (const selection of [{ targets: ['cc'] }, { only: ['cc'] }, { from: ['cc'] }, { until: ['cc'] }]) {
      expect(() => select(selection)).toThrow(expect.objectContaining({ code: 'unknown-stage', exit: 2 }));
    }
    expect(() => stepsNamed(pipeline, 'c@n=3')).toThrow(/did you mean "c@n=1"/);
  });
});

describe('selectSteps() with stages to force', () => {
  const check = (selection: Partial<Selection>, force: Selection['force']): string[] => [
    ...selectSteps(pipeline, { ...EVERYTHING, ...selection, force }).forced,
  ];

  test('refuses to run nothing, which would look like success', () => {
    expect(() => check({ from: ['d'], until: ['e'] }, [])).toThrow(expect.objectContaining({ code: 'bad-selection' }));
  });

  test('refuses to force what is not made', () => {
    expect(() => check({ only: ['b'] }, ['a'])).toThrow(/--force names "a"/);
    expect(() => check({ targets: ['d'] }, ['c'])).toThrow(/--force names "c"/);
    expect(() => check({}, ['cc'])).toThrow(expect.objectContaining({ code: 'unknown-stage' }));
  });

  test('resolves names to steps, of those that are made', () => {
    expect(check({ targets: ['c@n=1'] }, ['c', 'b'])).toEqual(['c@n=1', 'b']);
    expect(check({}, ['e'])).toEqual(['e']);
    expect(check({}, [])).toEqual([]);
    expect(check({ only: ['b'] }, 'all')).toEqual(['b']);
  });

  test('forces all that is made, and nothing that must be there', () => {
    expect(check({}, 'all')).toEqual(pipeline.steps.map(({ id }) => id));
  });
});
