import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  writeEvaluation,
  type GroupEvaluation,
  type GroupSpread,
  type Measurement,
  type OverallEvaluation,
} from '../../src/data/evaluation';
import type { FaceSet } from '../../src/data/face-set';
import type { PairList } from '../../src/data/pair-list';
import { writeScores } from '../../src/data/scores';
import { writeTiles } from '../../src/data/tiles';
import type { AboutRecogniser } from '../../src/embedding/recogniser/describe-recogniser';
import type { Comparisons } from '../../src/evaluation/metrics/comparisons';
import { describeMetrics, evaluateGroup, evaluateOverall, PROTOCOL } from '../../src/evaluation/metrics/evaluation';
import type { ComparedPairs } from '../../src/evaluation/scoring/compare-pairs';
import { hardestPairs } from '../../src/evaluation/scoring/hardest-pairs';
import {
  comparisonsByGroup,
  listExcluded,
  refuseExcluded,
  scoredPairs,
  tellExcluded,
} from '../../src/evaluation/scoring/pair-scores';
import { acrossGroups, describeSpreads } from '../../src/evaluation/spreads/across-groups';
import type { TestChecks } from '../../src/leakage/check-test';
import { everyGroup, withKnown } from '../../src/leakage/every-group';
import type { ContextOf, Json } from '../../src/stage';
import type { Emit } from '../../src/stage-task';
import type { evaluateStudent } from './index';

/** From scores to metrics, and all of it into the artifact. */
export async function writeResults(
  context: ContextOf<typeof evaluateStudent>,
  faces: FaceSet,
  pairs: PairList,
  compared: ComparedPairs,
  about: TestChecks & { readonly model: AboutRecogniser },
  emit: Emit,
): Promise<void> {
  const { label, role, metrics, spreads, allowExcluded } = context.options;
  const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
  const known = everyGroup(pairs, faces.info);
  const { comparisons: all, excluded } = comparisonsByGroup(pairs, compared);
  refuseExcluded(known, excluded, allowExcluded);
  if (excluded.size > 0) {
    await writeFile(join(context.folder, 'excluded-pairs.txt'), listExcluded(pairs, compared));
    const text = tellExcluded(known, excluded);
    if (text !== undefined) warn(text);
  }
  const none: Comparisons = { scores: [], genuine: [], folds: [] };
  const evaluated = known.map(({ group, listedPairs }) =>
    evaluateGroup(group, all.get(group) ?? none, {
      ...{ listedPairs, metrics },
      excludedPairs: excluded.get(group) ?? 0,
    }),
  );
  const groups = evaluated.map(({ group }, i) => withKnown(known[i]!, group));
  const measurements = evaluated.flatMap(each => each.measurements);
  for (const { group, accuracy, reason } of groups) {
    if (accuracy === null) warn(`Group ${group} has no accuracy: ${reason ?? 'not known'}`);
  }
  // What has nothing to draw or to pool.
  const comparisons = new Map([...all].filter(([, own]) => own.scores.length > 0));
  const overall = evaluateOverall(groups, comparisons);
  const folder = context.output('evaluation');
  await writeScores(folder, scoredPairs(pairs, compared));
  const drawn = faces.info.drawn && { drawn: true };
  const named = { metrics: describeMetrics(metrics), spreads: describeSpreads(spreads) };
  const across = acrossGroups(measurements, spreads);
  const what = { ...about, ...drawn, label, role, protocol: PROTOCOL, ...named };
  await writeEvaluation(folder, { ...what, groups, measurements, acrossGroups: across, overall });
  const measured = { ...measuredValues(measurements), spreads: spreadValues(across) };
  emit({ type: 'metrics', values: { ...measured, ...headMetrics(groups, overall) } });
  const hardest = await hardestPairs(faces, pairs, compared, cosineThresholds(pairs, groups));
  await writeTiles(join(context.folder, 'mistakes.tiles'), hardest);
}

function headMetrics(groups: readonly GroupEvaluation[], { mean, stdDdof0, ser }: OverallEvaluation) {
  const accuracy = Object.fromEntries(groups.map(one => [one.group, one.accuracy]));
  return { accuracy, mean, stdDdof0, ser };
}

/** By metric, by place where it is measured, if any, and by group: the value. */
function measuredValues(measurements: readonly Measurement[]): Record<string, Json> {
  const values: Record<string, Record<string, Json>> = {};
  for (const { metric, group, at, value } of measurements) {
    const own = (values[metric] ??= {});
    const place = at === undefined ? own : ((own[at] ??= {}) as Record<string, Json>);
    place[group] = value;
  }
  return values;
}

/** By metric, by place where it is measured, if any, and by spread: the value. */
function spreadValues(across: readonly GroupSpread[]): Record<string, Json> {
  return measuredValues(across.map(({ spread, ...one }) => ({ ...one, group: spread })));
}

/** By pair: above which cosine it matches. */
function cosineThresholds(pairs: PairList, groups: readonly GroupEvaluation[]): (pair: number) => number | null {
  const byName = new Map(groups.map(one => [one.group, one]));
  return pair => {
    const threshold = byName.get(pairs.groups[pairs.groupOf[pair]!]!)?.thresholds[pairs.folds[pair]!];
    return threshold == null ? null : 1 - threshold / 2;
  };
}
