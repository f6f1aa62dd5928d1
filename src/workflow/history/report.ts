import { join, relative } from 'node:path';
import { PICTURES_FOLDER } from '../../stage';
import { figures } from '../overview/figures';
import { flattenMetrics } from '../overview/flatten-metrics';
import { link, markup, type Markup } from '../../pictures/page/markup';
import { wholePage } from '../../pictures/page/whole-page';
import { OVERVIEW_STYLE } from '../overview/overview-style';
import type { Failure } from '../run/events';
import type { Look } from '../store';
import { formatBytes, formatCount, formatSeconds, plural } from '../../kit/text/human';
import { reasonLine } from './explain-plan';
import { runName } from './run-name';
import type { RunRecord, StageRecord } from './run-record';
import type { StageTimeline, RunTimeline } from './run-timeline';
import { TIMELINE_STYLE, drawTimeline } from './timeline';

const MOST_METRICS = 40;

type PicturesIn = (folder: string) => readonly Look[];

/**
 * `runs/<id>/report.html`: what happened in a run, on one page with nothing to load but pictures.
 * @param folder the folder that will hold it
 * @param picturesIn what was drawn from the artifact in a folder
 */
export function renderReport(
  record: RunRecord,
  timeline: RunTimeline,
  folder: string,
  picturesIn: PicturesIn = () => [],
): string {
  const body = markup`<main>
      <h1>${runName(record.id)} <span class="badge ${outcomeClass(record)}">${record.outcome}</span></h1>
      <p class="summary">${summary(record)}</p>
      ${links(record, timeline, folder)} ${facts(record)}
      <h2>Timeline</h2>
      ${drawTimeline(timeline)} ${record.stages.map(stage => section(stage, timeline.stages.get(stage.stage), folder, picturesIn))}
    </main>`;
  return wholePage({
    title: `${runName(record.id)} · ${record.pipeline}`,
    style: OVERVIEW_STYLE + TIMELINE_STYLE,
    body,
    pictures: true,
  });
}

function outcomeClass({ outcome }: RunRecord): string {
  return outcome === 'done' ? 'executed' : outcome;
}

function summary({ pipeline, started, finished, stages }: RunRecord): string {
  const counts = (['reused', 'executed', 'failed', 'not run'] as const)
    .map(status => ({ status, count: stages.filter(stage => stage.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${formatCount(count)} ${status}`);
  const took = finished === null ? [] : [formatSeconds((Date.parse(finished) - Date.parse(started)) / 1000)];
  const time = `${started.slice(0, 19).replace('T', ' ')} UTC`;
  return [pipeline, time, ...took, `${plural(stages.length, 'stage')}: ${counts.join(', ')}`].join(' · ');
}

function links({ pipeline, git }: RunRecord, { end }: RunTimeline, folder: string): Markup {
  const overview = end?.overview ?? join(folder, '..', '..', pipeline, 'index.html');
  const files = [
    'pipeline.resolved.yaml',
    ...(git?.dirty === true ? ['diff.patch'] : []),
    'environment.json',
    'events.jsonl',
  ];
  const links = [
    markup`<a href="${address(folder, overview)}">Results of ${pipeline}</a>`,
    ...(end?.reports ?? []).map(path => markup` · <a href="${address(folder, path)}">${shortPath(path)}</a>`),
    ...files.map(file => markup` · <a href="${link(file)}">${file}</a>`),
  ];
  return markup`<p>${links}</p>`;
}

function facts({ id, command, file, git, engine, params, profiles, exit, process }: RunRecord): Markup {
  const state = git?.dirty === true ? ', with uncommitted changes' : git?.dirty === false ? '' : ', changes not known';
  const rows: [string, string][] = [
    ['run', id],
    ['command', command.join(' ')],
    ['file', file],
    ['exit code', String(exit)],
    ...(engine === '' ? [] : [['engine', engine] as [string, string]]),
    ...(git === null
      ? []
      : [['git', `${git.commit.slice(0, 12)} on ${git.branch ?? 'no branch'}${state}`] as [string, string]]),
    ...(profiles.length === 0 ? [] : [['profiles', profiles.join(', ')] as [string, string]]),
    ['process', `${process.pid} on ${process.host}`],
    ...flattenMetrics(params).map(([name, value]) => [`params.${name}`, value] as [string, string]),
  ];
  return table(rows);
}

function section(
  stage: StageRecord,
  timeline: StageTimeline | undefined,
  folder: string,
  picturesIn: PicturesIn,
): Markup {
  const { status, uses, seconds, bytes, key, metrics } = stage;
  const about = [
    ...(seconds === null ? [] : [status === 'reused' ? `saved ${formatSeconds(seconds)}` : formatSeconds(seconds)]),
    ...(bytes === null ? [] : [formatBytes(bytes)]),
    ...(timeline?.rows === undefined
      ? []
      : [`${formatCount(timeline.rows.reused)} of ${formatCount(timeline.rows.total)} rows reused`]),
    ...(key === null ? [] : [`key ${key.slice(0, 12)}`]),
  ];
  const reasons = timeline?.plan?.because ?? [];
  return markup`<section id="${stage.stage}">
    <h2>${stage.stage} <span class="badge ${status.replace(' ', '-')}">${status}</span></h2>
    <p class="about"><code>${uses}</code> ${about.join(' · ')}</p>
    ${
      reasons.length === 0
        ? ''
        : markup`<ul class="about">
            ${reasons.map(reason => markup`<li>${reasonLine(reason)}</li>`)}
          </ul>`
    }
    ${timeline?.skippedBecause === undefined ? '' : markup`<p class="about">It needs ${timeline.skippedBecause}, which failed.</p>`}
    ${timeline?.failure === undefined ? '' : failure(timeline.failure)} ${metricsTable(metrics)}
    ${files(stage, folder, picturesIn)}
  </section>`;
}

/** `out` belongs to this run; the stage's name in the pipeline's folder leads to its newest result. */
function files({ object }: StageRecord, folder: string, picturesIn: PicturesIn): Markup | '' {
  if (object === null) return '';
  const place = join(folder, '..', '..', '.store', 'objects', object);
  const at = [...relative(folder, place).split(/[\\/]/), PICTURES_FOLDER];
  return markup`<div class="looks">${figures(at, picturesIn(place))}</div>
    <p class="about"><a href="${address(folder, place)}/">files</a></p>`;
}

function failure({ class: kind, message, item, log, rerun, stack }: Failure): Markup {
  const lines = [
    `${kind}: ${message}`,
    ...(item === null ? [] : [`at ${item}`]),
    ...(stack === undefined ? [] : [stack]),
  ];
  return markup`<pre class="failure">${lines.join('\n')}</pre>
    ${log.length === 0 ? '' : markup`<pre>${log.join('\n')}</pre>`}
    <p class="about">Run it again: <code>${rerun}</code></p>`;
}

function metricsTable(metrics: StageRecord['metrics']): Markup | '' {
  const rows = flattenMetrics(metrics);
  if (rows.length === 0) return '';
  const left = rows.length - MOST_METRICS;
  return markup`<details>
    <summary>${plural(rows.length, 'metric')}</summary>
    ${table(rows.slice(0, MOST_METRICS))} ${left > 0 ? markup`<p class="about">${left} more in run.json</p>` : ''}
  </details>`;
}

function table(rows: readonly (readonly [string, string])[]): Markup {
  return markup`<table>
    ${rows.map(
      ([name, value]) =>
        markup`<tr>
          <th>${name}</th>
          <td>${value}</td>
        </tr>`,
    )}
  </table>`;
}

/** Relative, so that the whole folder of artifacts can be moved. */
function address(folder: string, path: string): string {
  return link(...relative(folder, path).split(/[\\/]/));
}

/** The stage and the file. */
function shortPath(path: string): string {
  return path.split(/[\\/]/).slice(-2).join('/');
}
