import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import type { StageEvent } from '../../src/stage';
import { reportBias } from '../../stages/report-bias';
import {
  madeUpEvaluation,
  madeUpFolder,
  pairsWithErrors,
  writeEvaluation,
  type MadeUpModel,
} from '../helpers/evaluations';
import { noEarlier } from '../helpers/no-earlier';
import { parseSvg } from '../helpers/svg';
import { startStage } from '../helpers/start-stage';
import { drawPictures } from '../helpers/draw-pictures';

const SEPARATION = { A: 0.5, B: 0.45, C: 0.4, D: 0.3 };
const MODELS: readonly MadeUpModel[] = [
  { label: 'student, distilled', role: 'distilled', separation: SEPARATION },
  { label: 'student, not distilled', role: 'plain', separation: { A: 0.4, B: 0.4, C: 0.35, D: 0.25 } },
  { label: 'teacher', role: 'teacher', separation: { A: 0.6, B: 0.6, C: 0.5, D: 0.4 } },
];

interface Made {
  readonly html: string;
  readonly bias: string;
  readonly csv: string;
  readonly events: readonly StageEvent[];
}

async function report(folders: readonly string[], options = { title: 'Bias report', notes: '' }): Promise<Made> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-report-'));
  await mkdir(join(folder, 'report'));
  const evaluations = folders.map((each, i) => ({ stage: `evaluate-${i + 1}`, folder: each, digest: `sha256:${i}` }));
  const run = startStage(reportBias, {
    options,
    inputs: { evaluations },
    folder,
    output: port => join(folder, port),
    cores: 1,
    engine: 'cpu',
    ...noEarlier(folder),
    signal: new AbortController().signal,
  });
  const events = await lastValueFrom(run.pipe(toArray()));
  const read = (file: string): Promise<string> => readFile(join(folder, file), 'utf8');
  return {
    html: String((await drawPictures(reportBias, folder)).get('report.html')),
    bias: await read('report/bias.json'),
    csv: await read('report/bias.csv'),
    events,
  };
}

const reportOn = async (models: readonly MadeUpModel[], options?: { title: string; notes: string }): Promise<Made> =>
  report(await Promise.all(models.map(madeUpFolder)), options);

/** An evaluation where every fold of a group has that many errors of 5 points each. */
function withErrors(label: string, role: MadeUpModel['role'], errors: Record<string, number>): Promise<string> {
  const pairs = pairsWithErrors(
    Object.fromEntries(Object.entries(errors).map(([g, n]) => [g, new Array<number>(10).fill(n)])),
  );
  return writeEvaluation(madeUpEvaluation({ label, role }, pairs), pairs);
}

/** Cells of the rows of the first table after `caption`, without markup. */
function tableAfter(html: string, caption: string): string[][] {
  const table = html.slice(html.indexOf(caption)).split('</table>')[0]!;
  return [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) => cell!.replace(/<[^>]*>/g, '').trim()),
  );
}

const svgsOf = (html: string): string[] => html.match(/<svg xmlns.*?<\/svg>(?=<\/div>|\n<svg xmlns)/gs) ?? [];

describe('report-bias', () => {
  let made: Promise<Made>;
  beforeAll(() => {
    made = reportOn(MODELS);
  });

  test('writes page, JSON and CSV, and emits headline, metrics and what to look at', async () => {
    const { html, bias, csv, events } = await made;
    expect(html).toMatch(/^<!doctype html>/);
    const { models } = JSON.parse(bias) as { models: { label: string; evaluation: string }[] };
    expect(models.map(({ label, evaluation }) => [label, evaluation])).toEqual(
      MODELS.map(({ label }, i) => [label, `sha256:${i}`]),
    );
    expect(csv.trim().split('\n')).toHaveLength(1 + 3 * 4);
    const headline = events.flatMap(event => (event.type === 'headline' ? [event.text] : []));
    expect(headline).toEqual([
      expect.stringMatching(
        /^model .*\nstudent, distilled .*\n {2}95 % interval .*\nstudent, not distilled .*\n.*\nteacher .*\n.*\nAccuracy/,
      ),
    ]);
  });

  test('reports mean, STD with both divisors and SER by hand arithmetic', async () => {
    // Errors per 20 pairs, 5 points each: 2, 4, 1, 3 give 90, 80, 95, 85: mean 87.5, squares 6.25 + 56.25 + 56.25 + 6.25 = 125.
    const folder = await withErrors('student', 'plain', { A: 2, B: 4, C: 1, D: 3 });
    const { html, events } = await report([folder]);
    const [head, row] = tableAfter(html, 'Accuracy in percent by group');
    expect(head).toEqual(['Model', 'A', 'B', 'C', 'D', 'Mean', 'STD (ddof\u00a00)', 'STD (ddof\u00a01)', 'SER']);
    // sqrt(125 / 4) = 5.5902, sqrt(125 / 3) = 6.4550, 20 / 5 = 4
    const values = row!.map(cell => cell.split(' ')[0]);
    expect(values).toEqual(['student', '90.00', '80.00', '95.00', '85.00', '87.50', '5.59', '6.45', '4.00']);
    // Each in an interval of its own.
    for (const cell of row!.slice(1)) {
      const [value, low, high] = /^(\S+) (\S+) – (\S+)$/.exec(cell)!.slice(1).map(Number);
      expect(low! < value! && value! < high!).toBe(true);
    }
    expect(events.find(({ type }) => type === 'metrics')).toMatchObject({
      values: {
        models: { student: { mean: 87.5, stdDdof0: expect.closeTo(Math.sqrt(125 / 4), 9), ser: expect.closeTo(4, 9) } },
      },
    });
  });

  test('subtracts the plain from the distilled student, and both from the teacher', async () => {
    const { html } = await report([
      await withErrors('plain', 'plain', { A: 4, B: 4 }),
      await withErrors('distilled', 'distilled', { A: 2, B: 4 }),
      await withErrors('teacher', 'teacher', { A: 1, B: 1 }),
    ]);
    const rows = tableAfter(html, '<strong>distilled</strong> against');
    expect(rows.slice(0, 4)).toEqual([
      ['', 'distilled', 'plain', 'Difference', '95 % interval', 'Finding'],
      ['Group A', '90.00', '80.00', '+10.00', expect.stringMatching(/^\+\d+\.\d\d to \+\d+\.\d\d$/), 'higher'],
      ['Group B', '80.00', '80.00', '0.00', '–', 'no evidence (both decide every pair alike)'],
      ['Mean', '85.00', '80.00', '+5.00', expect.stringMatching(/^\+/), 'higher'],
    ]);
    expect(rows.at(-1)!.slice(0, 4)).toEqual(['SER', '2.00', '1.00', '+1.00']);
    expect(
      tableAfter(html, 'Student minus teacher')
        .slice(1)
        .map(([name, a]) => [name, a!.split(' ')[0]]),
    ).toEqual([
      ['distilled − teacher', '−5.00'],
      ['plain − teacher', '−15.00'],
    ]);
  });

  test('calls nothing fairer, less fair or best that chance explains', async () => {
    // One pair of 200 decides: 90.5 and 80 against 90 and 80. STD 5.25 and 5, SER 20 / 9.5 and 2.
    const pairs = pairsWithErrors({ A: [1, ...new Array<number>(9).fill(2)], B: new Array<number>(10).fill(4) });
    const { html } = await report([
      await withErrors('plain', 'plain', { A: 2, B: 4 }),
      await writeEvaluation(madeUpEvaluation({ label: 'distilled', role: 'distilled' }, pairs), pairs),
    ]);
    const rows = tableAfter(html, '<strong>distilled</strong> against');
    const findings = rows.slice(4).map(row => [row[0], row[3], row.at(-1)]);
    expect(findings).toEqual([
      ['STD (ddof 0)', '+0.25', 'no evidence'],
      ['STD (ddof 1)', '+0.35', 'no evidence'],
      ['SER', '+0.11', 'no evidence'],
    ]);
    expect(html).not.toMatch(/>(less )?fair(er)?</);
    expect(html).not.toContain('class="best"');
    expect(html).not.toContain('opposite directions');
    // A, mean, STD and SER; in B both decide alike.
    expect(html).toContain('4 differences are shown here');
  });

  test('calls a spread fairer, and marks the best, where the pairs show it', async () => {
    // 60 errors of 200 in B against 20, and half as many elsewhere.
    const { html, bias } = await report([
      await withErrors('plain', 'plain', { A: 1, B: 6, C: 1, D: 1 }),
      await withErrors('distilled', 'distilled', { A: 2, B: 2, C: 2, D: 2 }),
    ]);
    const rows = tableAfter(html, '<strong>distilled</strong> against');
    expect(rows.find(([name]) => name === 'STD (ddof 0)')!.at(-1)).toBe('fairer');
    expect(rows.find(([name]) => name === 'SER')!.at(-1)).toBe('fairer');
    expect((JSON.parse(bias) as { best: object }).best).toMatchObject({ std: 'distilled', ser: 'distilled' });
    expect(html).toContain('“distilled” (p = 1.00): equal groups');
    expect(html).not.toContain('“plain” (p');
  });

  test('ranks no model that does not recognise, though it fails everybody alike', async () => {
    // A constant model: every score is 0.5, accuracy 50, STD 0, SER 1.
    const collapsed = pairsWithErrors({ A: Array(10).fill(0), B: Array(10).fill(0) }).map(pair => ({
      ...pair,
      score: 0.5,
    }));
    const { html, bias, events } = await report([
      await withErrors('student', 'distilled', { A: 1, B: 3 }),
      await writeEvaluation(madeUpEvaluation({ label: 'collapsed', role: 'plain' }, collapsed), collapsed),
    ]);
    const { best, models } = JSON.parse(bias) as {
      best: object;
      models: { label: string; unrecognised: string[]; intervals: Record<string, number[] | null> }[];
    };
    expect(best).toEqual({ groups: [null, null], mean: null, std: null, ser: null });
    expect(models.map(({ label, unrecognised }) => [label, unrecognised])).toEqual([
      ['student', []],
      ['collapsed', ['A', 'B']],
    ]);
    // No interval around a spread that chance has made.
    const shown = (place: number): string[] =>
      ['stdDdof0', 'stdDdof1', 'ser', 'mean'].filter(name => models[place]!.intervals[name] !== null);
    expect(shown(0)).toEqual(['stdDdof0', 'stdDdof1', 'ser', 'mean']);
    expect(shown(1)).toEqual(['mean']);
    expect(html).toContain('“collapsed” is not shown to be better than chance in A, B');
    const rows = tableAfter(html, '<strong>student</strong> against');
    for (const name of ['STD (ddof 0)', 'SER']) {
      expect(rows.find(row => row[0] === name)!.at(-1)).toContain('no evidence (“collapsed” does not recognise');
    }
    expect(rows.find(row => row[0] === 'Mean')!.at(-1)).toBe('higher');
    expect(events.flatMap(event => (event.type === 'headline' ? [event.text] : []))[0]).toContain(
      'is not shown to be better than chance in A, B',
    );
  });

  test('has every group in the headline, with its reason and what was left out', async () => {
    const pairs = pairsWithErrors({ A: Array(10).fill(1), B: Array(10).fill(2), C: Array(10).fill(0) });
    // C has lost its genuine pairs, B one pair, fold 3 of A its impostors.
    const left = pairs.filter(
      ({ group, genuine, fold }, i) =>
        !(group === 'C' && genuine) && !(group === 'A' && fold === 3 && !genuine) && !(group === 'B' && i === 210),
    );
    const made = madeUpEvaluation({ label: 'student', role: 'other' }, left);
    const groups = made.groups.map(one => (one.group === 'B' ? { ...one, listedPairs: 200, excludedPairs: 1 } : one));
    const { html, csv, events } = await report([await writeEvaluation({ ...made, groups }, left)]);
    const [, row] = tableAfter(html, 'Accuracy in percent by group');
    expect(row!.map(cell => cell.split(' ')[0])).toEqual([
      'student',
      '95.00',
      '89.95',
      'none',
      ...row!.slice(4).map(cell => cell.split(' ')[0]),
    ]);
    const [text] = events.flatMap(event => (event.type === 'headline' ? [event.text.replace(/\n */g, ' ')] : []));
    for (const shown of [html, text!]) {
      expect(shown).toContain(
        'Without accuracy: C (there are no genuine pairs). Mean, STD and SER are over the other 2 of 3 groups',
      );
      expect(shown).toContain('Pairs left out because a photograph gave no face: B 1 of 200 (0.5 %)');
      expect(shown).toContain(
        'Group A: fold 3 has no impostor pairs and is not counted: the mean is over 9 of 10 folds',
      );
    }
    expect(text).toContain('STD over 2 of 3 groups');
    expect(csv.split('\n')).toHaveLength(1 + 3 + 1);
    expect(html).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('says why one group has no spread', async () => {
    const { html, events } = await report([await withErrors('student', 'other', { A: 1 })]);
    const [, row] = tableAfter(html, 'Accuracy in percent by group');
    expect(row!.slice(3)).toEqual([
      '– (only group A has an accuracy)',
      '– (only group A has an accuracy)',
      'undefined (only group A has an accuracy)',
    ]);
    expect(row![2]).toMatch(/^95\.00 9\d/);
    expect(events.flatMap(event => (event.type === 'headline' ? [event.text] : []))[0]).toMatch(/undef\. +undef\./);
  });

  test('gives 20 pairs that are all right a width, and 9 people no interval', async () => {
    const few = pairsWithErrors({ A: Array(10).fill(0), B: Array(10).fill(0) }).filter((_, i) => i % 10 === 0);
    const { bias } = await report([await writeEvaluation(madeUpEvaluation({ label: 'x', role: 'other' }, few), few)]);
    type Shown = {
      models: { groups: { accuracy: number; uncertainty: { interval: number[] | null; people: number } }[] }[];
    };
    const [a] = (JSON.parse(bias) as Shown).models[0]!.groups;
    expect(a).toMatchObject({ accuracy: 100, uncertainty: { people: 30 } });
    expect(a!.uncertainty.interval).toEqual([expect.closeTo(82.8, 0), 100]);
    const together = few.map(pair => ({ ...pair, identity_a: 'one', identity_b: pair.genuine ? 'one' : 'other' }));
    const { html } = await report([
      await writeEvaluation(madeUpEvaluation({ label: 'x', role: 'other' }, together), together),
    ]);
    expect(html).toContain('No interval for group A (only 2 people, want at least 10)');
  });

  test('warns of drawn faces where they are drawn, and only there', async () => {
    const pairs = pairsWithErrors({ A: Array(10).fill(1), B: Array(10).fill(1) });
    const made = madeUpEvaluation({ label: 'x', role: 'other' }, pairs);
    expect((await report([await writeEvaluation(made, pairs)])).html).not.toContain('drawn');
    const { html, bias } = await report([await writeEvaluation({ ...made, drawn: true }, pairs)]);
    expect(html).toContain('These faces are drawn: they are nobody’s.');
    expect(JSON.parse(bias)).toMatchObject({ models: [{ drawn: true }] });
  });

  test('shows what a model sees of a pixel, and test faces that it has learnt from', async () => {
    const pairs = pairsWithErrors({ A: Array(10).fill(1), B: Array(10).fill(1) });
    const made = madeUpEvaluation({ label: 'x', role: 'other' }, pairs);
    const preprocessing = { channels: 'BGR', layout: 'NCHW', mean: 127.5, scale: 128 };
    const { html } = await report([
      await writeEvaluation(
        { ...made, model: { ...made.model, preprocessing }, seenInTraining: { model: 'known', faces: 80, seen: 3 } },
        pairs,
      ),
    ]);
    expect(html).toContain('BGR, NCHW, (pixel − 127.5) / 128');
    expect(html).toContain('Test faces in training: “x” has learnt from 3 of 80 faces;');
    expect((await report([await writeEvaluation(made, pairs)])).html).not.toContain('Test faces in training');
  });

  test('refuses thresholds that do not give the accuracy beside them', async () => {
    const pairs = pairsWithErrors({ A: Array(10).fill(1), B: Array(10).fill(1) });
    const made = madeUpEvaluation({ label: 'x', role: 'other' }, pairs);
    const groups = made.groups.map(one => ({ ...one, thresholds: one.thresholds.map(() => 4.1) }));
    await expect(report([await writeEvaluation({ ...made, groups }, pairs)])).rejects.toMatchObject({
      code: 'bad-evaluation',
      message: expect.stringMatching(/the scores of group "A" give fold 0 an accuracy of 50, evaluation.json says 95/),
    });
  });

  test('shows SER without a value as undefined, with the reason, and leaves it out of the ranking', async () => {
    const { html, events } = await report([
      await withErrors('perfect', 'distilled', { A: 0, B: 0 }),
      await withErrors('half', 'plain', { A: 0, B: 1 }),
    ]);
    const rows = tableAfter(html, 'Accuracy in percent by group');
    expect(rows.map(row => row.at(-1))).toEqual([
      'SER',
      'undefined (no group has an error (0 / 0))',
      'undefined (no errors in group A (division by 0))',
    ]);
    expect(events.find(({ type }) => type === 'metrics')).toMatchObject({
      values: { models: { perfect: { ser: null } } },
    });
  });

  test('has no section on differences for a single model', async () => {
    const { html } = await reportOn([{ ...MODELS[0]!, role: 'other' }]);
    expect(html).not.toContain('id="effect"');
    expect(html).toContain('id="accuracy"');
  });

  test('draws charts that are well-formed and free of numbers that cannot be drawn', async () => {
    const { html } = await made;
    const charts = svgsOf(html);
    // Accuracy, effect, a ROC for each model, a histogram for each model and group, FMR and FNMR.
    expect(charts).toHaveLength(1 + 1 + 3 + 3 * 4 + 2);
    for (const chart of charts) expect(() => parseSvg(chart)).not.toThrow();
    expect(html).not.toMatch(/NaN|Infinity/);
  });

  test('is a page that loads nothing and runs nothing', async () => {
    const { html } = await made;
    expect(html.replace(/xmlns="[^"]*"/g, '')).not.toMatch(/https?:|url\(|@import|<script|<link|<img|<iframe|\bon\w+=/);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
  });

  test('escapes labels, groups, title and notes', async () => {
    const evil = `<script>alert('1')</script>"&`;
    const { html, bias, csv } = await reportOn(
      [{ label: evil, role: 'other', separation: { '<img src=x>': 0.5, B: 0.4 } }],
      { title: evil, notes: evil },
    );
    expect(html).not.toMatch(/<script|<img/);
    expect(html).toContain('<h1>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;</h1>');
    expect((JSON.parse(bias) as { title: string }).title).toBe(evil);
    expect(csv).toContain(`"<script>alert('1')</script>""&",other,<img src=x>,`);
    for (const chart of svgsOf(html)) expect(() => parseSvg(chart)).not.toThrow();
  });

  test('names no stage in what it writes, since pipelines that share the artifact name them differently', async () => {
    const { html, bias, csv } = await made;
    expect(html + bias + csv).not.toContain('evaluate-');
  });

  test('gives the same bytes for the same evaluations', async () => {
    const [a, b] = [await made, await reportOn(MODELS)];
    expect([b.html, b.bias, b.csv]).toEqual([a.html, a.bias, a.csv]);
  });

  test('names a metric of FMR that so few pairs cannot tell', async () => {
    const { html } = await reportOn([{ ...MODELS[0]!, pairsPerFold: 4 }]);
    expect(tableAfter(html, 'Single numbers of every group')[1]!.at(-1)).toBe('insufficient data');
    expect(html).toContain('insufficient data: 20 impostor pairs, want at least 1000 (groups A, B, C, D)');
  });

  test.each([
    [
      'different groups',
      { separation: { A: 0.5, B: 0.4 } },
      /the groups differ: stage "evaluate-1" has A, B, C, D, stage "evaluate-2" has A, B;/,
    ],
    [
      'more pairs',
      { pairsPerFold: 42 },
      /group "A" differs: stage "evaluate-1" has 200 genuine and 200 impostor pairs, stage "evaluate-2" has 210/,
    ],
    [
      'as many but other pairs',
      { list: 'other' },
      /the pairs differ: stage "evaluate-1" has the list \w{12}, stage "evaluate-2"/,
    ],
  ])('refuses evaluations on %s', async (_, change, message) => {
    const run = reportOn([MODELS[0]!, { ...MODELS[1]!, ...change }]);
    await expect(run).rejects.toMatchObject({ code: 'different-pairs', message: expect.stringMatching(message) });
  });

  test('refuses two models with one label', async () => {
    await expect(reportOn([MODELS[0]!, { ...MODELS[1]!, label: MODELS[0]!.label }])).rejects.toMatchObject({
      code: 'label-not-unique',
      message: expect.stringContaining('stages "evaluate-1" and "evaluate-2" both have the label "student, distilled"'),
    });
  });

  test.each([
    ['missing', null, /evaluation.json cannot be read: ENOENT/],
    ['not JSON', '{', /evaluation.json cannot be read: /],
    ['of the version before', '{"label":"x"}', /evaluation.json has version 1, want 2; evaluate the model again/],
    ['nothing', 'null', /evaluation.json has version 1, want 2;/],
    ['without groups', '{"version":2}', /evaluation.json: the whole must have required property 'label'/],
  ])('refuses an evaluation that is %s', async (_, content, message) => {
    const folder = await mkdtemp(join(tmpdir(), 'fairdistill-bad-'));
    if (content !== null) await writeFile(join(folder, 'evaluation.json'), content);
    await expect(report([folder])).rejects.toMatchObject({
      code: 'bad-evaluation',
      message: expect.stringMatching(message),
    });
  });

  test('refuses scores that are not those of the evaluation', async () => {
    const pairs = pairsWithErrors({ A: new Array<number>(10).fill(1) });
    const evaluation = madeUpEvaluation({ label: 'x', role: 'other' }, pairs);
    const fewer = await writeEvaluation(evaluation, pairs.slice(1));
    await expect(report([fewer])).rejects.toMatchObject({
      code: 'bad-evaluation',
      message: expect.stringMatching(/has 199 pairs, evaluation.json says 200/),
    });
    const foreign = await writeEvaluation(
      evaluation,
      pairs.map(pair => ({ ...pair, group: 'Z' })),
    );
    await expect(report([foreign])).rejects.toMatchObject({
      code: 'bad-evaluation',
      message: expect.stringMatching(/a group "Z" without metrics/),
    });
  });
});
