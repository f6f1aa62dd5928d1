import { describe, expect, test } from '@jest/globals';
import { flattenMetrics } from '../../../src/workflow/overview/flatten-metrics';
import type { Manifest } from '../../../src/workflow/store/objects/manifest';
import { renderOverview, type OverviewStep } from '../../../src/workflow/overview/overview';

const MANIFEST: Manifest = {
  kind: 'fairdistill-artifact',
  format: 2,
  pipeline: 'toy',
  step: 'report',
  run: '20260101-000000-amber-otter',
  rows: null,
  folders: ['report'],
  stage: { name: 'report-bias', version: 1, summary: 'Reports' },
  options: {},
  inputs: [],
  externals: [],
  key: '0'.repeat(32),
  engine: 'wasm',
  outputs: { report: { type: 'bias-report', digest: 'sha256:0', files: 1, bytes: 10 } },
  files: [{ path: 'report/bias.json', bytes: 5, sha256: '0' }],
  digest: 'sha256:0',
  bytes: 10,
  started: '2026-01-01T00:00:00.000Z',
  finished: '2026-01-01T00:02:03.000Z',
  seconds: 123,
  peakMemory: 2e8,
  host: { platform: 'x', cpu: 'x', cores: 1, node: 'x' },
  looks: [{ file: 'plots/loss curve.svg', caption: 'Loss' }],
  headline: 'accuracy 90 %',
  metrics: { accuracy: { A: 0.123456789 } },
};

const step = (extra: Partial<OverviewStep> = {}): OverviewStep => ({
  id: 'report',
  uses: 'report-bias',
  summary: 'Reports',
  needs: ['evaluate'],
  status: 'executed',
  manifest: MANIFEST,
  pictures: [{ file: 'report.html', caption: 'The report' }],
  at: [extra.id ?? 'report'],
  ...extra,
});

describe('renderOverview()', () => {
  test('leads to the artifact itself where the file system has no links', () => {
    const page = renderOverview('toy', [step({ at: ['..', '.store', 'objects', 'c0ffee'] })]);
    expect(page).toContain('class="report" href="../.store/objects/c0ffee/pictures/report.html"');
    expect(page).toContain('src="../.store/objects/c0ffee/plots/loss%20curve.svg"');
  });

  test('shows stages with status, duration, inputs, metrics, headline, looks and the report', () => {
    const page = renderOverview('toy', [
      step({ id: 'evaluate', status: 'not run', manifest: undefined, needs: [] }),
      step(),
    ]);
    expect(page).toContain('2 stages: 1 executed, 1 not run');
    expect(page).toContain('2 min 03 s');
    expect(page).toContain('<a href="#evaluate">evaluate</a>');
    expect(page).toContain('<pre>accuracy 90 %</pre>');
    expect(page).toContain('accuracy.A');
    expect(page).toContain('0.123457');
    expect(page).toContain('src="report/plots/loss%20curve.svg"');
    expect(page).toContain('class="report" href="report/pictures/report.html"');
    expect(page).not.toContain('src="report/pictures/report.html"');
  });

  test('shows what was drawn from an artifact after what it has kept itself', () => {
    const pictures = [
      { file: 'mean faces.jpg', caption: 'Mean faces' },
      { file: 'odd.csv', caption: 'Odd ones' },
    ];
    const page = renderOverview('toy', [step({ pictures })]);
    const places = ['report/plots/loss%20curve.svg', 'report/pictures/mean%20faces.jpg', 'report/pictures/odd.csv'];
    expect([...page.matchAll(/<figure>\s*<a href="([^"]*)"/g)].map(([, address]) => address)).toEqual(places);
    expect(page).toContain(`src="${places[1]!}" alt="Mean faces"`);
    expect(page).not.toContain(`src="${places[2]!}"`);
  });

  test('escapes every text that it is given', () => {
    const evil = `<script>alert("x")</script>'&`;
    const manifest: Manifest = {
      ...MANIFEST,
      headline: evil,
      engine: evil,
      looks: [{ file: `${evil}.png`, caption: evil }],
      metrics: { [evil]: evil },
      outputs: { [evil]: MANIFEST.outputs['report']! },
    };
    const page = renderOverview(evil, [
      step({
        id: evil,
        uses: evil,
        summary: evil,
        needs: [evil],
        failure: evil,
        status: 'failed',
        manifest,
        pictures: manifest.looks,
      }),
    ]);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('"x"');
    expect(page).toContain('&lt;script&gt;');
  });

  test('loads nothing from elsewhere', () => {
    expect(renderOverview('toy', [step()])).not.toMatch(/https?:|\/\/|@import/);
  });

  test('is a page also for a pipeline without stages', () => {
    expect(renderOverview('toy', [])).toContain('0 stages');
  });
});

describe('flattenMetrics()', () => {
  test('makes rows of nested values, and one row of a list of numbers', () => {
    expect(flattenMetrics({ a: 1, b: { c: true, d: null }, e: [0.5, 2], f: [{ g: 'x' }], h: {} })).toEqual([
      ['a', '1'],
      ['b.c', 'true'],
      ['b.d', 'null'],
      ['e', '0.5, 2'],
      ['f.0.g', 'x'],
    ]);
  });
});
