import { relative } from 'node:path';
import type { Failure, RunEventBody, RunFinished } from '../pipeline/events';
import { formatAge, formatCount, formatSeconds, plural } from '../util/human';

type Of<Type> = Extract<RunEventBody, { type: Type }>;

/** Lines that the loggers for people share. Without colours and marks. */
export function finishedLine({ amount, seconds }: Of<'stage-finished'>): string {
  const did = amount === null ? [] : [`${formatCount(amount.done)} ${amount.unit}`];
  return [...did, formatSeconds(seconds)].join('  ');
}

export function reusedLine({ ageMs }: Of<'stage-reused'>): string {
  return `reused (made ${formatAge(ageMs)})`;
}

/** What to read after a run: headlines, where things lie, counts. */
export function closingLines(event: RunFinished, cwd: string): string[] {
  const { headlines, reports, overview, outcome } = event;
  const texts = headlines.flatMap(({ text }) => [...text.trimEnd().split('\n'), '']);
  const places = [...reports.map(path => `report     ${shorten(path, cwd)}`), `artifacts  ${shorten(overview, cwd)}`];
  const hint = outcome === 'interrupted' ? ['interrupted; finished stages are kept; the same command goes on'] : [];
  return ['', ...texts, ...places, countLine(event), ...hint];
}

/** The failed stages in one block, with what to do. */
export function failureLines(stage: string, { message, code, stack }: Failure): string[] {
  if (code !== null) return ['', `Stage "${stage}" failed:`, ...indent(message)];
  return ['', `Stage "${stage}" failed; this is a defect of fairdistill:`, ...indent(stack ?? message)];
}

function countLine({ stages, reused, executed, failed, notRun, seconds }: RunFinished): string {
  const counts = [`${reused} reused`, `${executed} executed`];
  if (failed > 0) counts.push(`${failed} failed`);
  if (notRun > 0) counts.push(`${notRun} not run`);
  const all = stages > 0 && reused === stages ? '; everything was reused' : '';
  return `${plural(stages, 'stage')}: ${counts.join(', ')} in ${formatSeconds(seconds)}${all}`;
}

function indent(text: string): string[] {
  return text.split('\n').map(line => `  ${line}`);
}

/** Relative where that is shorter. */
function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short !== '' && short.length < path.length ? short : path;
}
