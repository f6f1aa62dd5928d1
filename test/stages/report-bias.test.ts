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
  const run = reportBias.run({
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
    html: await read('report.html'),
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
    expect(events.find(({ type }) => type === 'look')).toMatchObject({ file: 'report.html' });
    const headline = events.flatMap(event => (event.type === 'headline' ? [event.text] : []));
    expect(headline).toEqual([
      expect.stringMatching(/^model .*\nstudent, distilled .*\nstudent, not distilled .*\nteacher .*\nAccuracy/),
    ]);
  });

  test('reports mean, STD with both divisors and SER by hand arithmetic', async () => {
    // Errors per 20 pairs, 5 points each: 2, 4, 1, 3 give 90, 80, 95, 85: mean 87.5, squares 6.25 + 56.25 + 56.25 + 6.25 = 125.
    const folder = await withErrors('student', 'plain', { A: 2, B: 4, C: 1, D: 3 });
    const { html, events } = await report([folder]);
    const [head, row] = tableAfter(html, 'Accuracy in percent by group');
    expect(head).toEqual(['Model', 'A', 'B', 'C', 'D', 'Mean', 'STD (ddof\u00a00)', 'STD (ddof\u00a01)', 'SER']);
    // sqrt(125 / 4) = 5.5902, sqrt(125 / 3) = 6.4550, 20 / 5 = 4
    expect(row).toEqual(['student', '90.00', '80.00', '95.00', '85.00', '87.50', '5.59', '6.45', '4.00']);
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
      ['Group A', '90.00', '80.00', '+10.00', '+10.00 to +10.00', 'higher'],
      ['Group B', '80.00', '80.00', '0.00', '0.00 to 0.00', 'no evidence'],
      ['Mean', '85.00', '80.00', '+5.00', '+5.00 to +5.00', 'higher'],
    ]);
    expect(rows.at(-1)).toEqual(['SER', '2.00', '1.00', '+1.00', '–', 'less fair']);
    expect(
      tableAfter(html, 'Student minus teacher')
        .slice(1)
        .map(([name, a]) => [name, a]),
    ).toEqual([
      ['distilled − teacher', '−5.00 ± 0.00'],
      ['plain − teacher', '−15.00 ± 0.00'],
    ]);
  });

  test('says when STD and SER move in opposite directions, and only then', async () => {
    const plain = await withErrors('plain', 'plain', { A: 2, B: 4 });
    // 90 and 80: STD 5, SER 20 / 10. 95 and 80: STD 7.5, SER 20 / 5, so both rise.
    const worse = await withErrors('worse', 'distilled', { A: 1, B: 4 });
    const opposed = await withErrors('opposed', 'distilled', { A: 5, B: 8 });
    expect((await report([plain, worse])).html).not.toContain('opposite directions');
    // 75 and 60: STD 7.5 (+2.5), SER 40 / 25 = 1.6 (-0.4).
    const { html } = await report([plain, opposed]);
    expect(html).toContain('STD and SER move in opposite directions');
    expect(html).toContain('STD +2.50, SER −0.40. The first is fairer by SER, the second by STD.');
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
    expect(tableAfter(html, 'Area under the ROC')[1]!.at(-1)).toBe('insufficient data');
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
    [
      'without groups',
      '{"label":"x","role":"other","model":{"architecture":"a","embeddingSize":1,"sha256":"0"},"groups":[],"overall":{}}',
      /\/groups must NOT have fewer than 1 items/,
    ],
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
