import { describe, expect, test } from '@jest/globals';
import { explainJson, explainText } from '../../../src/commands/explain/explain-text';
import type { PlannedStep } from '../../../src/workflow/plan/planned-step';
import { plannedStep } from '../helpers/pipeline-of';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const OPTIONS = { cwd: '/proj', now: NOW, leaves: null };
const NEAREST = {
  key: 'cd'.repeat(16),
  run: '20261121-090000-amber-otter',
  pipeline: 'kd',
  step: 'student',
  finished: '2026-11-21T09:30:00Z',
  differing: 2,
  leaves: 31,
};
const PLACES = [
  { file: '/proj/kd.yaml', line: 41, column: 25, text: '0.5' },
  { file: '/proj/kd.yaml', line: 90, column: 18, text: '${params.realShare}' },
];
const MISS: PlannedStep = plannedStep('student', {
  uses: 'train',
  nearest: NEAREST,
  because: [
    {
      leaf: 'inputs.selection[0]',
      before: 'a91c0000…',
      after: '77e00000…',
      text: 'input mix changed',
      places: PLACES,
      chain: ['student', 'mix', 'options.realShare 0.7 → 0.5'],
    },
    {
      leaf: 'code.src/losses/kd',
      before: `sha256:${'12d0'.repeat(16)}`,
      after: null,
      text: 'code of src/losses/kd is gone',
      places: [],
      chain: ['student', 'code of src/losses/kd is gone'],
    },
  ],
  expected: { seconds: 60, bytes: 1000, runs: 3 },
});

describe('explainText()', () => {
  test('shows every differing leaf with its places, its way from the root, and modules by name', () => {
    expect(explainText(MISS, OPTIONS)).toBe(`student (train): MISS, key abababab…
It has to run.

nearest earlier execution: run amber-otter, stage student of kd, 3 d ago (2026-11-21 09:30 UTC)
  2 of 31 leaves of the key differ
    inputs.selection[0]  a91c0000… → 77e00000…
        kd.yaml:41:25  0.5
        kd.yaml:90:18  \${params.realShare}
        ← student ← mix ← options.realShare 0.7 → 0.5
    code of src/losses/kd  12d012d0… → absent

expected: 1 min 00 s and 1.0 kB (median of 3 runs)
`);
  });

  test('tells of a hit who made it, when, and the leaves that matched', () => {
    const hit = plannedStep('student', { state: 'hit', saves: 60, nearest: { ...NEAREST, differing: 0 } });
    const text = explainText(hit, {
      ...OPTIONS,
      leaves: { stage: 'train', 'options.seed': 1, 'code.src/a': `sha256:${'ef'.repeat(32)}` },
    });
    expect(text).toContain(
      'made by run amber-otter, stage student of kd, 3 d ago (2026-11-21 09:30 UTC); reusing it saves 1 min 00 s',
    );
    expect(text).toContain('matched on all 3 leaves of the key:');
    expect(text).toContain('    options.seed   1\n');
    expect(text).toContain('    code of src/a  efefefef…\n');
  });

  test('says of a run of the past what it did, not what a run would do', () => {
    const run = '20261124-090000-brave-finch';
    expect(explainText(MISS, { ...OPTIONS, past: { run, reused: false } })).toContain(
      '\nRun brave-finch had to execute it.\n',
    );
    const hit = plannedStep('student', { state: 'hit', nearest: { ...NEAREST, differing: 0 } });
    const text = explainText(hit, { ...OPTIONS, past: { run, reused: true } });
    expect(text).toContain('\nRun brave-finch found the result and reused it.\n');
    expect(text).not.toContain('would');
  });

  test('tells of an accepted hit why', () => {
    const hit = plannedStep('student', { state: 'hit', nearest: { ...NEAREST, differing: 0 } });
    const said = { leaf: 'accepted', before: null, after: null, text: 'accepted from 99999999', places: [], chain: [] };
    expect(
      explainText(
        { ...hit, because: [said] },
        { ...OPTIONS, accepted: { because: 'x', from: '99'.repeat(16), time: '' } },
      ),
    ).not.toContain('accepted from');
    const accepted = { because: 'comment\u001b only', from: '99'.repeat(16), time: '2026-11-24T09:00:00Z' };
    expect(explainText(hit, { ...OPTIONS, accepted })).toContain(
      'accepted for this key 1 h ago although it was made under 99999999…, because: comment\uFFFD only',
    );
  });

  test('says what a pending stage waits for, and that nothing like it was made', () => {
    expect(explainText(plannedStep('a', { state: 'pending', key: null, needs: ['b', 'c'] }), OPTIONS)).toContain(
      'waits for b, c',
    );
    const never = {
      leaf: 'stage',
      before: null,
      after: null,
      text: 'has never run',
      places: [],
      chain: [],
    };
    expect(explainText(plannedStep('a', { because: [never] }), OPTIONS)).toContain(
      'nearest earlier execution: none\n  has never run',
    );
  });

  test('gives programs the same with all leaves', () => {
    const json = JSON.parse(explainJson(MISS, { ...OPTIONS, leaves: { stage: 'train' } })) as object;
    // The cells of a matrix follow each other, one a line.
    expect(explainJson(MISS, OPTIONS).indexOf('\n')).toBe(explainJson(MISS, OPTIONS).length - 1);
    expect(json).toMatchObject({
      ...MISS,
      leaves: { stage: 'train' },
      accepted: null,
      kind: 'fairdistill-explanation',
    });
  });
});
