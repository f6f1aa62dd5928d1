import { flattenJson, formatValue } from '../overview/flatten-metrics';
import type { CheckedPipeline } from '../configuration/checked-pipeline';
import type { Json } from '../../stage';

export interface MlflowParam {
  readonly key: string;
  readonly value: string;
}

export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** What older servers allow. */
const LONGEST_KEY = 250;
const LONGEST_VALUE = 500;
/** A matrix of a thousand cells has more than anybody reads. */
const MOST_PARAMS = 2000;

/** The parameters of a pipeline, then the options of its stages, as MLflow's flat texts; the first 2,000. */
export function paramsOf({ params, steps }: CheckedPipeline): MlflowParam[] {
  const groups: [string, Readonly<Record<string, Json>>][] = [
    ['params', params],
    ...steps.map((step): [string, Readonly<Record<string, Json>>] => [step.id, step.options]),
  ];
  const values = new Map<string, string>();
  for (const [group, members] of groups) {
    for (const [name, value] of flattenJson(members)) {
      // Two options may become the same name; a server refuses a name with two values.
      let key = keyOf(group, name);
      for (let other = 2; values.has(key); other++) key = keyOf(group, name, `_${other}`);
      values.set(key, formatValue(value).slice(0, LONGEST_VALUE));
    }
  }
  return [...values].slice(0, MOST_PARAMS).map(([key, value]) => ({ key, value }));
}

/** The metrics of a stage that are numbers. */
export function metricsOf(
  stage: string,
  metrics: Readonly<Record<string, Json>>,
  at: Pick<MlflowMetric, 'timestamp' | 'step'>,
): MlflowMetric[] {
  return flattenJson(metrics).flatMap(([name, value]) =>
    // JSON holds neither NaN nor infinity.
    typeof value === 'number' && Number.isFinite(value) ? [{ ...at, key: keyOf(stage, name), value }] : [],
  );
}

/** Names may hold letters, digits, `_`, `-`, `.`, spaces and `/`, and must not look like a path that could be written shorter. */
function keyOf(group: string, name: string, end = ''): string {
  const clean = (text: string): string => text.replace(/[^\w. -]/g, '_').replace(/^\.+$/, '_');
  return `${clean(group)}/${clean(name)}`.slice(0, LONGEST_KEY - end.length) + end;
}
