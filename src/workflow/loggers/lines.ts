import { relative } from 'node:path';
import { placeText } from '../history/explain-plan';
import { runName } from '../history/run-name';
import type { RunEventBody, RunFinished } from '../run/events';
import type { Reason } from '../plan/planned-step';
import { formatAge, formatCount, formatSeconds, plural } from '../../kit/text/human';

type Of<Type> = Extract<RunEventBody, { type: Type }>;

/** Lines that the loggers for people share. Without colours and marks, and without the name of the stage. */
export function startedLine({ pipeline, run }: Of<'run-started'>): string {
  return `${pipeline}  run ${runName(run)}`;
}

/**
 * The reason why a stage runs; undefined for one that does not run, or whose reason is not known yet. "has never run" is shown only if another stage
 * has run before: in the first run of a pipeline it is obvious.
 */
export function reasonTeller(cwd: string): (event: Of<'stage-planned'>) => string | undefined {
  let hasPast = false;
  return ({ state, because }) => {
    const [reason] = because;
    // A reason for `stage` means that there is no earlier execution.
    hasPast ||= state === 'hit' || (reason !== undefined && reason.leaf !== 'stage');
    if (reason === undefined || state === 'hit' || state === 'pending' || !hasPast) return undefined;
    return reasonLine(reason, because.length - 1, cwd);
  };
}

function reasonLine({ text, places, chain }: Reason, others: number, cwd: string): string {
  const [place] = places;
  // The chain begins with the stage itself and ends with what changed at the root.
  const root = chain.length > 2 ? [`← ${chain.at(-1)!}`] : [];
  const more = others > 0 ? [`and ${others} more`] : [];
  return [text, ...root, ...(place === undefined ? [] : [placeText(place, cwd)]), ...more].join('  ');
}

export function waitingLine({ holder: { run, pid, host }, behind }: Of<'stage-waiting'>): string {
  if (behind !== undefined) return `waits for ${behind}, which makes the same result`;
  return `waits for run ${runName(run)} (pid ${pid} on ${host})`;
}

export function retryLine({ attempt, delay, error }: Of<'stage-retry'>): string {
  const again = delay > 0 ? `retries in ${formatSeconds(delay)}` : 'retries at once';
  return `attempt ${attempt} failed (${error.class}): ${firstLine(error.message)}; ${again}`;
}

export function skippedLine({ because }: Of<'stage-skipped'>): string {
  return `not run: it needs ${because}`;
}

export function finishedLine({ amount, rows, seconds }: Of<'stage-finished'>): string {
  const did = amount === null ? [] : [amountOf(amount)];
  const reused =
    rows === null || rows.reused === 0 ? [] : [`${formatCount(rows.reused)} of ${formatCount(rows.total)} rows reused`];
  return [...did, ...reused, formatSeconds(seconds)].join('  ');
}

/** Units are plural words: one of them loses its last letter. */
function amountOf({ done, unit }: NonNullable<Of<'stage-finished'>['amount']>): string {
  return `${formatCount(done)} ${done === 1 ? unit.replace(/s$/, '') : unit}`;
}

export function reusedLine({ ageMs }: Of<'stage-reused'>): string {
  return `reused (made ${formatAge(ageMs)})`;
}

/** The closing lines of a run: headlines, paths, counts. */
export function closingLines(event: RunFinished, cwd: string): string[] {
  const { headlines, reports, overview, outcome, runFolder } = event;
  const texts = headlineLines(headlines);
  const places = [
    ...reports.map(path => `report     ${shorten(path, cwd)}`),
    `artifacts  ${shorten(overview, cwd)}`,
    `history    ${shorten(runFolder, cwd)}/report.html`,
  ];
  const hint =
    outcome === 'interrupted' ? ['interrupted; finished stages are kept; run the same command again to resume'] : [];
  const trouble = event.warnings.map(text => `warning: ${text}`);
  return ['', ...texts, ...places, countLine(event), ...trouble, ...hint];
}

/** Equal headlines are shown once, with their stages: cells of a matrix often have the same. */
function headlineLines(headlines: RunFinished['headlines']): string[] {
  const stages = new Map<string, string[]>();
  for (const { stage, text } of headlines) stages.set(text, [...(stages.get(text) ?? []), stage]);
  return [...stages].flatMap(([text, said]) => [
    ...(stages.size > 1 ? [`${said.join(', ')}:`] : []),
    ...text.trimEnd().split('\n'),
    '',
  ]);
}

/** Relative where that is shorter. */
export function shorten(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short !== '' && short.length < path.length ? short : path;
}

export function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

function countLine({ stages, reused, executed, failed, notRun, seconds }: RunFinished): string {
  const counts = [`${reused} reused`, `${executed} executed`];
  if (failed > 0) counts.push(`${failed} failed`);
  if (notRun > 0) counts.push(`${notRun} not run`);
  const all = stages > 0 && reused === stages ? '; everything was reused' : '';
  return `${plural(stages, 'stage')}: ${counts.join(', ')} in ${formatSeconds(seconds)}${all}`;
}
