import { describe, expect, test } from '@jest/globals';
import { planText } from '../../../src/commands/plan/plan-text';
import type { Reason } from '../../../src/workflow/plan/planned-step';
import { plannedStep } from '../helpers/pipeline-of';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const OPTIONS = { cwd: '/proj', columns: 120, now: NOW };
const KEY = '9f31c2ab'.repeat(4);

const HIT = plannedStep('align', {
  state: 'hit',
  key: KEY,
  saves: 2460,
  nearest: {
    key: KEY,
    run: '20261121-090000-amber-otter',
    pipeline: 'toy',
    step: 'align',
    finished: '2026-11-21T09:30:00Z',
    differing: 0,
    leaves: 9,
  },
});
const MIX: Reason = {
  leaf: 'options.realShare',
  before: '0.7',
  after: '0.5',
  text: 'options.realShare 0.7 → 0.5',
  places: [{ file: '/proj/kd.yaml', line: 41, column: 25, text: '0.5' }],
  chain: ['mix', 'options.realShare 0.7 → 0.5'],
};
const STUDENT: Reason = {
  ...MIX,
  leaf: 'inputs.selection[0]',
  text: 'input mix changed',
  chain: ['student', 'mix', 'options.realShare 0.7 → 0.5'],
};

describe('planText()', () => {
  test('tells of a hit when, by which run, and what it saves', () => {
    expect(planText([HIT], OPTIONS)).toBe(
      [
        '  align  hit  9f31c2ab…  3 d ago, run amber-otter  saves 41 min 00 s',
        '',
        '1 stage: 1 hit',
        'reuse saves 41 min 00 s',
        'All results exist: a run would execute nothing',
        '',
      ].join('\n'),
    );
  });

  test('says how many results have pictures that a run would draw', () => {
    expect(planText([HIT], { ...OPTIONS, drawings: 2 })).toMatch(
      /\nAll results exist: a run would execute nothing\nthe pictures of 2 existing results would be drawn again\n$/,
    );
    expect(planText([HIT], { ...OPTIONS, drawings: 1 })).toContain('\nthe pictures of 1 existing result would');
  });

  test('counts what --force makes again as work whose time is known, and not as saved', () => {
    const lines = planText([HIT, { ...HIT, stage: 'mix', state: 'forced' }], OPTIONS).split('\n');
    expect(lines[1]).toBe('  mix    FORCED  9f31c2ab…  ~41 min 00 s (1 run)');
    expect(lines).toContain('reuse saves 41 min 00 s');
    expect(lines).toContain('to run: about 41 min 00 s one after another');
  });

  test('tells of others the first reason with its place and way, what it took before, and totals', () => {
    const steps = [
      HIT,
      plannedStep('mix', { because: [MIX, STUDENT], expected: { seconds: 12, bytes: 2e6, runs: 1 } }),
      plannedStep('student', { because: [STUDENT], expected: { seconds: 7800, bytes: 5e6, runs: 4 } }),
      plannedStep('evaluate', { state: 'pending', key: null, needs: ['student'] }),
    ];
    const lines = planText(steps, OPTIONS).split('\n');
    expect(lines.slice(1, 4)).toEqual([
      '  mix       MISS     abababab…  options.realShare 0.7 → 0.5  kd.yaml:41:25  and 1 more  ~12.0 s, 2.0 MB (1 run)',
      '  student   MISS     abababab…  input mix changed ← options.realShare 0.7 → 0.5  kd.yaml:41:25',
      '      ~2 h 10 min, 5.0 MB (median of 4 runs)',
    ]);
    expect(lines).toContain('  evaluate  pending             after student');
    expect(lines).toContain('4 stages: 1 hit, 2 miss, 1 pending');
    expect(lines).toContain('to run: about 2 h 10 min one after another, 7.0 MB, and 1 stage that has never run');
  });

  test('shows a matrix as one line with counts and the commonest reason, and all its cells when asked', () => {
    const cells = Array.from({ length: 1000 }, (_, i) =>
      plannedStep(`student@seed=${i}`, i < 312 ? { state: 'hit' } : { because: [i % 100 === 0 ? STUDENT : MIX] }),
    );
    const text = planText(cells, OPTIONS);
    expect(text.split('\n')[0]).toBe(
      '  student@…  1,000 cells  312 hit, 688 miss  options.realShare 0.7 → 0.5  kd.yaml:41:25 (682 cells)',
    );
    // Of 312 to 999, 400, 500 ... 900 have the other reason: 6.
    expect(text).toContain('--all');
    expect(
      planText(cells, { ...OPTIONS, all: true })
        .split('\n')
        .filter(line => line.includes('student@seed=')),
    ).toHaveLength(1000);
  });

  test('names an argument as it was typed', () => {
    const place = { file: '--set', line: 0, column: 0, text: '--set realShare=0.5' };
    expect(planText([plannedStep('mix', { because: [{ ...MIX, places: [place] }] })], OPTIONS)).toContain(
      '--set realShare=0.5',
    );
  });

  test('breaks lines of narrow terminals and cuts nothing', () => {
    const text = planText([plannedStep('mix', { because: [MIX] })], { ...OPTIONS, columns: 40 });
    expect(text.split('\n').slice(0, 2)).toEqual([
      '  mix  MISS  abababab…',
      '      options.realShare 0.7 → 0.5  kd.yaml:41:25',
    ]);
  });

  test('says that nothing is known when nothing ran before, and that there is nothing to do', () => {
    expect(planText([plannedStep('mix')], OPTIONS)).toContain('no time estimate');
    expect(planText([], OPTIONS)).toContain('Nothing to do');
  });

  test('lets no control character through', () => {
    const hostile = plannedStep('a\u001b[2J', { because: [{ ...MIX, text: 'x\u001b]0;y\u0007\nz' }] });
    expect(planText([hostile], OPTIONS)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});
