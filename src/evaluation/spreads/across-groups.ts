import type { GroupSpread, Measurement, SpreadColumn } from '../../data/evaluation';
import { METRICS } from '../metrics';
import type { ChosenMetric } from '../metrics/metrics-option';
import { SPREADS } from './index';
import type { GroupValue, Spread, Spreading } from './spread';
import type { ChosenSpreads } from './spreads-option';

/** Each spread of each metric, at each place where it is measured, over the groups that have a value. */
export function acrossGroups(measurements: readonly Measurement[], spreads: ChosenSpreads): GroupSpread[] {
  const columns = new Map<string, Measurement[]>();
  for (const one of measurements) {
    const column = JSON.stringify([one.metric, one.at]);
    columns.set(column, [...(columns.get(column) ?? []), one]);
  }
  return [...columns.values()].flatMap(column => {
    const { metric, at } = column[0]!;
    const values = valuesOf(metric as ChosenMetric['metric'], column);
    return spreads.map(spread => ({
      ...{ spread, metric, groups: values.length },
      ...(at !== undefined && { at }),
      ...spreading(SPREADS.members[spread], values),
    }));
  });
}

function valuesOf(metric: ChosenMetric['metric'], column: readonly Measurement[]): GroupValue[] {
  const { better, range } = METRICS.members[metric];
  return column.flatMap(({ group, value }) =>
    value === null ? [] : [{ group, value, error: better === 'higher' ? range[1] - value : value - range[0] }],
  );
}

function spreading({ least, measure }: Spread, values: readonly GroupValue[]): Spreading {
  if (values.length >= least) return measure(values);
  const reason = values.length === 0 ? 'no group has a value' : `only group ${values[0]!.group} has a value`;
  return { value: null, reason };
}

/** What stands beside the numbers, so that a reader need not know the spreads. */
export function describeSpreads(spreads: ChosenSpreads): SpreadColumn[] {
  return spreads.map(spread => {
    const { label, definition, unit } = SPREADS.members[spread];
    return { spread, label, definition, unit };
  });
}
