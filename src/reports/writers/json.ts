import type { Best } from '../best';
import type { BiasComparison } from '../compare';
import type { JudgedModel } from '../judge';
import type { Writer } from '../writer';

export const json: Writer = {
  summary: 'Every number of the report, for programs',
  file: 'bias.json',
  render: ({ title, notes, groups, models, best, effects, gaps }: BiasComparison) =>
    JSON.stringify(
      { title, notes, groups, models: models.map(describe), best: named(best, models), effects, gaps },
      null,
      2,
    ) + '\n',
};

// Pair by pair scores stay in the evaluations; here are the numbers that tables and charts are made of.
function describe(judged: JudgedModel) {
  const {
    label,
    role,
    digest,
    model,
    metrics,
    groups,
    measurements,
    spreads,
    acrossGroups,
    overall,
    scores,
    uncertainty,
    unrecognised,
    drawn,
    seenInTraining,
    duplicates,
    pairFaults,
  } = judged;
  const { groups: byGroup, ...intervals } = uncertainty;
  return {
    label,
    role,
    evaluation: digest,
    model,
    pairsDigest: scores.pairsDigest,
    ...(drawn && { drawn }),
    ...(seenInTraining && { seenInTraining }),
    ...(duplicates && { duplicates }),
    ...(pairFaults && { pairFaults }),
    metrics,
    groups: groups.map(group => ({ ...group, uncertainty: byGroup.find(one => one.group === group.group) ?? null })),
    measurements,
    spreads,
    acrossGroups,
    overall,
    /** Of `overall`, 95 %. */
    intervals,
    unrecognised,
  };
}

function named({ groups, ...columns }: Best, models: readonly JudgedModel[]) {
  const labelOf = (place: number | undefined): string | null => (place === undefined ? null : models[place]!.label);
  return {
    groups: groups.map(labelOf),
    mean: labelOf(columns.mean),
    std: labelOf(columns.std),
    ser: labelOf(columns.ser),
  };
}
