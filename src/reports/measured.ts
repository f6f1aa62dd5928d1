import type { Measurement, MetricColumn } from '../data/evaluation';
import type { ReportedModel } from './compare';
import { fixed, fixedPercent } from './numbers';

/** One number of every group: a metric, at one of the places where it is measured. */
export interface MeasuredColumn extends MetricColumn {
  readonly at?: number;
  /** `TAR at FMR 0.01` */
  readonly heading: string;
}

type Measured = Pick<ReportedModel, 'metrics' | 'measurements'>;

/** What any of the models was measured by beside accuracy, which has its own tables, in the order in which evaluations name it. */
export function measuredColumns(models: readonly Measured[]): MeasuredColumn[] {
  const columns = new Map<string, MeasuredColumn>();
  for (const metric of measuredMetrics(models).filter(one => one.metric !== 'accuracy')) {
    const places = models.flatMap(({ measurements }) => measurements.filter(one => one.metric === metric.metric));
    for (const { at } of places) {
      const heading = at === undefined ? metric.label : `${metric.label} ${at}`;
      columns.set(JSON.stringify([metric.metric, at]), { ...metric, ...(at !== undefined && { at }), heading });
    }
  }
  return [...columns.values()];
}

/** The metrics of all models; of those with one name, the first. */
export function measuredMetrics(models: readonly Pick<Measured, 'metrics'>[]): MetricColumn[] {
  const known = new Map<string, MetricColumn>();
  for (const one of models.flatMap(({ metrics }) => metrics)) if (!known.has(one.metric)) known.set(one.metric, one);
  return [...known.values()];
}

/** Undefined for a model that was not measured so. */
export function measurementOf(
  { measurements }: Pick<Measured, 'measurements'>,
  group: string,
  { metric, at }: MeasuredColumn,
): Measurement | undefined {
  return measurements.find(one => one.metric === metric && one.group === group && one.at === at);
}

/** A value in its unit. */
export function inUnit(value: number | null, unit: MetricColumn['unit']): string {
  if (unit === 'rate') return fixedPercent(value);
  return unit === 'percent' ? fixed(value) : fixed(value, 4);
}
