import { flattenJson } from '../overview/flatten-metrics';
import { EXIT, UserError } from '../../errors';
import type { Json } from '../../stage';
import { canonicalJson } from '../../kit/text/canonical-json';
import { alternatives, quote, suggestion } from '../../kit/text/quote';
import type { RunRecord, StageRecord } from './run-record';

/** A comparison of runs, as data: the output of `pipeline compare --json`. */
export interface RunComparison {
  readonly runs: readonly ComparedRun[];
  readonly rows: readonly ComparedRow[];
}

export type ComparedRun = Pick<RunRecord, 'id' | 'pipeline' | 'started' | 'finished' | 'outcome'>;

export interface ComparedRow {
  /** `result`: the digest of what the stage made. */
  readonly kind: 'run' | 'param' | 'option' | 'metric' | 'result';
  /** Null for `run` and `param`. */
  readonly stage: string | null;
  /** As in `margin.mean`. */
  readonly name: string;
  /** By run, in order; undefined (null in JSON) where a run has none. */
  readonly values: readonly (Json | undefined)[];
  readonly changed: boolean;
}

/** Compares runs, in the order given. */
export function compareRuns(runs: readonly RunRecord[]): RunComparison {
  const stages = new Set(runs.flatMap(run => run.stages.map(({ stage }) => stage)));
  const recordsOf = (stage: string): (StageRecord | undefined)[] => {
    return runs.map(run => run.stages.find(record => record.stage === stage));
  };
  return {
    runs: runs.map(({ id, pipeline, started, finished, outcome }) => ({ id, pipeline, started, finished, outcome })),
    rows: [
      ...rowsOf('run', null, runs.map(aboutRun)),
      ...rowsOf(
        'param',
        null,
        runs.map(({ params }) => params),
      ),
      ...[...stages].flatMap(stage => stageRows(stage, recordsOf(stage))),
    ],
  };
}

/**
 * The same comparison with the runs in the order of a metric, the highest first, or with `-` before its name the lowest; runs without it come last.
 * The name is `stage.metric`, or an ending of it that only one metric has. Throws UserError `unknown-metric` or `ambiguous-metric`.
 */
export function sortRuns({ runs, rows }: RunComparison, metric: string): RunComparison {
  const { values } = findMetric(rows, metric.replace(/^-/, ''));
  const sign = metric.startsWith('-') ? 1 : -1;
  const numberOf = (index: number): number | undefined => {
    const value = values[index];
    return typeof value === 'number' ? value : undefined;
  };
  const order = runs
    .map((_, index) => index)
    .sort((a, b) => {
      const [left, right] = [numberOf(a), numberOf(b)];
      if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
      return sign * (left - right);
    });
  return {
    runs: order.map(index => runs[index]!),
    rows: rows.map(row => ({ ...row, values: order.map(index => row.values[index]) })),
  };
}

function aboutRun({ git, engine, profiles }: RunRecord): Readonly<Record<string, Json>> {
  return {
    ...(git === null ? {} : { commit: git.commit.slice(0, 12), 'uncommitted changes': git.dirty }),
    ...(engine === '' ? {} : { engine }),
    ...(profiles.length === 0 ? {} : { profiles }),
  };
}

function stageRows(stage: string, records: readonly (StageRecord | undefined)[]): ComparedRow[] {
  const digests = records.map(record => (record?.digest == null ? undefined : { result: record.digest }));
  return [
    ...rowsOf(
      'option',
      stage,
      records.map(record => record?.options),
    ),
    ...rowsOf(
      'metric',
      stage,
      records.map(record => record?.metrics),
    ),
    ...rowsOf('result', stage, digests),
  ];
}

/** A row for each name that any of them has, in the order in which the names appear. */
function rowsOf(
  kind: ComparedRow['kind'],
  stage: string | null,
  columns: readonly (Readonly<Record<string, Json>> | undefined)[],
): ComparedRow[] {
  const flat = columns.map(column => new Map(flattenJson(column ?? {})));
  const names = new Set(flat.flatMap(column => [...column.keys()]));
  return [...names].map(name => {
    const values = flat.map(column => column.get(name));
    const texts = values.map(value => (value === undefined ? 'none' : canonicalJson(value)));
    return { kind, stage, name, values, changed: new Set(texts).size > 1 };
  });
}

function findMetric(rows: readonly ComparedRow[], wanted: string): ComparedRow {
  const metrics = rows.filter(
    ({ kind, values }) => kind === 'metric' && values.some(value => typeof value === 'number'),
  );
  const fullName = ({ stage, name }: ComparedRow): string => `${stage ?? ''}.${name}`;
  const exact = metrics.filter(row => fullName(row) === wanted);
  const found = exact.length > 0 ? exact : metrics.filter(row => fullName(row).endsWith(`.${wanted}`));
  if (found.length > 1) {
    const names = alternatives(found.map(fullName));
    throw new UserError(`Cannot sort by ${quote(wanted)}: ${found.length} metrics have this ending; write ${names}`, {
      code: 'ambiguous-metric',
      exit: EXIT.usage,
    });
  }
  if (found[0] !== undefined) return found[0];
  const candidates = metrics.flatMap(row => [row.name, fullName(row)]);
  const names =
    metrics.length === 0 ? 'these runs have none' : `there are ${alternatives(metrics.map(fullName), 'and')}`;
  throw new UserError(
    `Cannot sort by ${quote(wanted)}${suggestion(wanted, candidates)}: there is no numeric metric of this name; ${names}`,
    {
      code: 'unknown-metric',
      exit: EXIT.usage,
    },
  );
}
