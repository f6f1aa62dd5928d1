import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { formatBytes, formatSeconds, plural } from '../../kit/text/human';
import { makeFolder } from '../../kit/files/make-folder';
import { writeAtomically } from '../../kit/files/write-atomically';
import { markup, link, trusted, type Markup } from '../../pictures/page/markup';
import { wholePage } from '../../pictures/page/whole-page';
import { inStorage, pipelineFolder, type Look, type Manifest, type Store } from '../store';
import { PICTURES_FOLDER } from '../../stage';
import { figures } from './figures';
import { flattenMetrics } from './flatten-metrics';
import { OVERVIEW_STYLE } from './overview-style';
import { temporaryName } from '../store/leases/owner';
import { quarantine } from '../store/upkeep/quarantine';

export interface OverviewStep {
  readonly id: string;
  /** Name of the stage. */
  readonly uses: string;
  readonly summary: string;
  /** Ids of the steps that it reads from. */
  readonly needs: readonly string[];
  /** `earlier`: this run did not touch it, and an artifact of an earlier run is there. */
  readonly status: 'executed' | 'reused' | 'failed' | 'not run' | 'earlier';
  readonly failure?: string;
  readonly manifest?: Manifest;
  /** What was drawn from its artifact. */
  readonly pictures?: readonly Look[];
  /** The code that draws them has changed since. */
  readonly outdated?: boolean;
  /** Path of its artifact, relative to the page: `['draw']`. */
  readonly at: readonly string[];
}

/** Path, in an artifact, of the page that a person reads first. */
export const REPORT_PAGE = [PICTURES_FOLDER, 'report.html'] as const;

/** Whether that page was drawn. */
export function isReported(pictures: readonly Look[] = []): boolean {
  return pictures.some(({ file }) => file === REPORT_PAGE[1]);
}

const MOST_METRICS = 60;
const OLDER = 'drawn by an older version';

/** Writes `<pipeline>/index.html`, the page that links to everything. */
export async function writeOverview(store: Store, pipeline: string, steps: readonly OverviewStep[]): Promise<void> {
  const folder = pipelineFolder(store, pipeline);
  const path = overviewPath(store, pipeline);
  return inStorage(store.root, async () => {
    await makeFolder(folder);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) {
      await quarantine(store, { path, expected: 'the overview of a pipeline', found: 'a folder is in its place' });
    }
    const temporary = join(store.temporary, temporaryName('overview', store.clock.randomName()));
    await writeAtomically(path, renderOverview(pipeline, steps), temporary);
  });
}

/** Absolute path of the page, whether it is there or not. */
export function overviewPath(store: Store, pipeline: string): string {
  return join(pipelineFolder(store, pipeline), 'index.html');
}

/** The page as text; it loads only files beside it. */
export function renderOverview(pipeline: string, steps: readonly OverviewStep[]): string {
  const reports = steps.filter(hasReport);
  const body = markup`<main>
      <h1>${pipeline}</h1>
      <p class="summary">${countLine(steps)}</p>
      ${reports.map(step => markup`<p><a class="report" href="${link(...step.at, ...REPORT_PAGE)}">Open the report of ${step.id}</a>${step.outdated === true ? ` (${OLDER})` : ''}</p>`)}
      <ol class="contents">
        ${steps.map(step => markup`<li><a href="#${link(step.id)}">${step.id}</a> ${badge(step)}</li>`)}
      </ol>
      ${steps.map(section)}
    </main>`;
  return wholePage({ title: pipeline, style: OVERVIEW_STYLE, body, pictures: true });
}

function section(step: OverviewStep): Markup {
  const { id, uses, summary, needs, failure, manifest } = step;
  return markup`<section id="${id}">
    <h2>${id} ${badge(step)}</h2>
    <p class="about"><code>${uses}</code> ${summary}</p>
    ${needs.length > 0 ? markup`<p class="about">made from ${joined(needs.map(need => markup`<a href="#${link(need)}">${need}</a>`))}</p>` : ''}
    ${failure === undefined ? '' : markup`<pre class="failure">${failure}</pre>`}
    ${manifest === undefined ? markup`<p class="about">No result yet.</p>` : result(step, manifest)}
  </section>`;
}

function result(step: OverviewStep, manifest: Manifest): Markup {
  const facts = [
    formatSeconds(manifest.seconds),
    manifest.finished.slice(0, 16).replace('T', ' ') + ' UTC',
    `${plural(manifest.files.length, 'file')}, ${formatBytes(manifest.bytes)}`,
    ...(manifest.peakMemory === null ? [] : [`peak memory ${formatBytes(manifest.peakMemory)}`]),
    ...(manifest.engine === null ? [] : [`engine ${manifest.engine}`]),
  ];
  const files = ['manifest.json', 'metrics.json', 'log.txt'].map(
    file => markup`<a href="${link(...step.at, file)}">${file}</a>`,
  );
  const ports = Object.keys(manifest.outputs).map(port => markup`<a href="${link(...step.at, port)}/">${port}/</a>`);
  return markup`<p class="facts">${facts.join(' · ')}</p>
    ${manifest.headline === null ? '' : markup`<pre>${manifest.headline}</pre>`}
    ${step.outdated === true ? markup`<p class="about">The pictures were ${OLDER}; the next run draws them again.</p>` : ''}
    <div class="looks">
      ${figures(step.at, manifest.looks)} ${figures([...step.at, PICTURES_FOLDER], step.pictures)}
    </div>
    ${metricsTable(manifest)}
    <p class="about">${joined([...ports, ...files])}</p>`;
}

function metricsTable({ metrics }: Manifest): Markup | '' {
  const rows = flattenMetrics(metrics);
  if (rows.length === 0) return '';
  const shown = rows.slice(0, MOST_METRICS);
  const left = rows.length - shown.length;
  return markup`<details ${trusted(rows.length <= 16 ? 'open' : '')}>
    <summary>${plural(rows.length, 'metric')}</summary>
    <table>
      ${shown.map(
        ([name, value]) =>
          markup`<tr>
            <th>${name}</th>
            <td>${value}</td>
          </tr>`,
      )}
    </table>
    ${left > 0 ? markup`<p class="about">${left} more in metrics.json</p>` : ''}
  </details>`;
}

function badge({ status }: OverviewStep): Markup {
  return markup`<span class="badge ${status.replace(' ', '-')}">${status}</span>`;
}

function countLine(steps: readonly OverviewStep[]): string {
  const counts = (['executed', 'reused', 'earlier', 'failed', 'not run'] as const)
    .map(status => ({ status, count: steps.filter(step => step.status === status).length }))
    .filter(({ count }) => count > 0);
  return `${plural(steps.length, 'stage')}: ${counts.map(({ status, count }) => `${count} ${status}`).join(', ')}`;
}

function joined(parts: readonly Markup[]): Markup {
  return trusted(parts.map(part => part.markup).join(' · '));
}

function hasReport({ pictures }: OverviewStep): boolean {
  return isReported(pictures);
}
