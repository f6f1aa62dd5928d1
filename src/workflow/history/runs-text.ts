import { formatValue, flattenJson } from '../overview/flatten-metrics';
import { canonicalJson } from '../../kit/text/canonical-json';
import { formatAge, formatSeconds } from '../../kit/text/human';
import { cell } from './cell';
import { stateOf } from './read-runs';
import type { RunRecord, StageRecord } from './run-record';

export interface RunsTextOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Width of the terminal in characters. */
  readonly columns: number;
}

const HEAD = ['run', 'age', 'pipeline', 'outcome', 'reused', 'ran', 'failed', 'time'];
/** Columns of numbers. */
const TO_THE_RIGHT = [1, 4, 5, 6, 7];
const LONGEST_PIPELINE = 24;
/** Least width of the parameters, even if a narrow window then breaks lines. */
const LEAST_PARAMS = 24;

/**
 * The table of `pipeline runs`, in the order given: how many stages each run reused, ran and lost, and the parameters that are not the same in all
 * runs of its pipeline.
 */
export function runsText(runs: readonly RunRecord[], { now, columns }: RunsTextOptions): string {
  if (runs.length === 0) return 'There are no runs yet.\n';
  const varying = varyingParams(runs);
  const rows = [HEAD, ...runs.map(run => aboutRun(run, now))];
  const widths = HEAD.map((_, index) => Math.max(...rows.map(row => row[index]!.length)));
  const pad = (text: string, index: number): string =>
    TO_THE_RIGHT.includes(index) ? text.padStart(widths[index]!) : text.padEnd(widths[index]!);
  const params = ['differs in', ...runs.map(run => paramsText(run, varying.get(run.pipeline)!))];
  const lines = rows.map((row, index) => {
    const start = `${row.map(pad).join('  ')}  `;
    const room = Math.max(LEAST_PARAMS, columns - 1 - start.length);
    return (start + cell(params[index]!, room)).trimEnd();
  });
  return lines.join('\n') + '\n';
}

function aboutRun(run: RunRecord, now: number): string[] {
  const { id, pipeline, started, finished, stages } = run;
  const count = (status: StageRecord['status']): string =>
    String(stages.filter(stage => stage.status === status).length);
  const isKnown = stages.length > 0;
  return [
    id,
    formatAge(Math.max(0, now - Date.parse(started))),
    cell(pipeline, LONGEST_PIPELINE),
    stateOf(run, now),
    ...(['reused', 'executed', 'failed'] as const).map(status => (isKnown ? count(status) : '')),
    finished === null ? '' : formatSeconds((Date.parse(finished) - Date.parse(started)) / 1000),
  ];
}

/** By pipeline, the names of parameters that differ between its runs. */
function varyingParams(runs: readonly RunRecord[]): Map<string, string[]> {
  const pipelines = new Set(runs.map(run => run.pipeline));
  return new Map(
    [...pipelines].map(pipeline => {
      const all = runs.filter(run => run.pipeline === pipeline).map(flatParams);
      const names = new Set(all.flatMap(params => [...params.keys()]));
      return [pipeline, [...names].filter(name => new Set(all.map(params => params.get(name))).size > 1)];
    }),
  );
}

function flatParams({ params }: RunRecord): Map<string, string> {
  return new Map(flattenJson(params).map(([name, value]) => [name, canonicalJson(value)]));
}

function paramsText({ params }: RunRecord, names: readonly string[]): string {
  return flattenJson(params)
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => `${name}=${formatValue(value)}`)
    .join(' ');
}
