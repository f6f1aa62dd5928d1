import type { Action, Manifest, PictureRecord } from '../../workflow/store';
import { flattenMetrics } from '../../workflow/overview/flatten-metrics';
import { PICTURES_FOLDER } from '../../stage';
import { clip, printable } from '../../kit/text/printable';
import { formatBytes, formatSeconds, plural } from '../../kit/text/human';
import { ageOf, dateOf, shortDigest, shortPath, shortRun } from '../shared/wording';
import { aligned } from '../../kit/text/aligned';
import { fileTree } from './file-tree';

export interface SummaryOptions {
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Of pictures that other code draws now. */
export const OLDER = 'drawn by an older version; the next run draws them again';

const MOST_METRICS = 30;
const WIDEST = 80;

/** All about an artifact: what made it, when, from what, with which options, and what is in it. */
export function summaryText(
  object: string,
  manifest: Manifest,
  actions: readonly Action[],
  options: SummaryOptions & { readonly pictures: readonly PictureRecord[]; readonly outdated: boolean },
): string {
  const { stage, files, bytes, digest, headline, metrics, options: stageOptions } = manifest;
  return [
    `${printable(manifest.pipeline)}/${printable(manifest.step)}: ${printable(stage.name)}, version ${stage.version}`,
    ...(stage.summary === '' ? [] : [clip(stage.summary, 200)]),
    '',
    ...aligned([...facts(manifest, options), ['  object', printable(object)], ['  digest', printable(digest)]]),
    ...otherMakers(manifest, actions, options),
    ...section('made from', sources(manifest, options)),
    ...section(
      'options',
      flattenMetrics(stageOptions).map(([name, value]) => [`  ${clip(name, 40)}`, clip(value, WIDEST)]),
    ),
    ...section(
      'outputs',
      Object.entries(manifest.outputs).map(([port, { type, files: count, bytes: size, digest: own }]) => [
        `  ${clip(port, 40)}`,
        clip(type, 40),
        plural(count, 'file'),
        formatBytes(size),
        shortDigest(own),
      ]),
    ),
    ...(headline === null ? [] : ['', ...printable(headline).trimEnd().split('\n')]),
    ...metricLines(flattenMetrics(metrics)),
    '',
    `${plural(files.length, 'file')}, ${formatBytes(bytes)}`,
    ...fileTree(files),
    ...pictureLines(options),
    '',
  ].join('\n');
}

function facts(
  { started, finished, seconds, run, engine, peakMemory, host, rows }: Manifest,
  { now }: SummaryOptions,
): string[][] {
  return [
    ['  made', `${dateOf(finished)}, ${ageOf(finished, now)}, run ${shortRun(run)}`],
    ['  took', `${formatSeconds(seconds)}, from ${dateOf(started)}`],
    ...(engine === null ? [] : [['  engine', clip(engine, 40)]]),
    ...(rows === null ? [] : [['  rows', `${rows.reused} of ${rows.total} taken from earlier work`]]),
    ...(peakMemory === null ? [] : [['  peak memory', formatBytes(peakMemory)]]),
    ['  machine', clip(`${host.cpu}, ${host.cores} cores, ${host.platform}, Node ${host.node}`, WIDEST)],
  ];
}

/** Other work may have made the same bytes, or a person may have accepted them for it. */
function otherMakers({ key }: Manifest, actions: readonly Action[], { now }: SummaryOptions): string[] {
  return actions
    .filter(action => action.key !== key || action.accepted !== null)
    .map(({ pipeline, step, run, finished, accepted }) =>
      accepted === null
        ? `  also made by ${printable(pipeline)}/${printable(step)} in run ${shortRun(run)}, ${ageOf(finished, now)}`
        : `  accepted ${ageOf(accepted.time, now)} for ${printable(pipeline)}/${printable(step)}, because: ${clip(accepted.because, 200)}`,
    );
}

function sources({ inputs, externals }: Manifest, { cwd }: SummaryOptions): string[][] {
  return [
    ...inputs.map(({ port, step, output, digest }) => [
      `  ${clip(port, 40)}`,
      `${clip(step, 60)} (${clip(output, 40)})`,
      shortDigest(digest),
    ]),
    ...externals.map(({ option, path, digest }) => [
      `  ${clip(option, 40)}`,
      shortPath(path, cwd),
      shortDigest(digest),
    ]),
  ];
}

function metricLines(metrics: readonly (readonly [string, string])[]): string[] {
  const shown = metrics.slice(0, MOST_METRICS).map(([name, value]) => [`  ${clip(name, 60)}`, clip(value, WIDEST)]);
  const left = metrics.length - shown.length;
  return [...section('metrics', shown), ...(left > 0 ? [`  … ${left} more in metrics.json`] : [])];
}

/** They are no part of what the artifact is, and may be drawn again. */
function pictureLines({
  pictures,
  outdated,
}: {
  readonly pictures: readonly PictureRecord[];
  readonly outdated: boolean;
}): string[] {
  const rows = pictures.map(({ file, caption, bytes }) => [
    `  ${PICTURES_FOLDER}/${clip(file, 60)}`,
    formatBytes(bytes),
    clip(caption, WIDEST),
  ]);
  return section(outdated ? `drawn from it (${OLDER})` : 'drawn from it', rows);
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : ['', title, ...aligned(rows)];
}
