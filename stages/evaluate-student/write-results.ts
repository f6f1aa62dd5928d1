import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceSet } from '../../src/data/face-set';
import type { PairList } from '../../src/data/pair-list';
import { writeTiles } from '../../src/data/tiles';
import type { AboutRecogniser } from '../../src/embedding/recogniser/describe-recogniser';
import {
  evaluateGroup,
  evaluateOverall,
  PROTOCOL,
  type GroupEvaluation,
  type OverallEvaluation,
} from '../../src/evaluation/metrics/evaluation';
import type { Comparisons } from '../../src/evaluation/metrics/metric';
import type { ComparedPairs } from '../../src/evaluation/scoring/compare-pairs';
import { hardestPairs } from '../../src/evaluation/scoring/hardest-pairs';
import {
  comparisonsByGroup,
  listExcluded,
  refuseExcluded,
  tellExcluded,
  writeScores,
} from '../../src/evaluation/scoring/pair-scores';
import type { TestChecks } from '../../src/leakage/check-test';
import { everyGroup, withKnown } from '../../src/leakage/every-group';
import type { ContextOf } from '../../src/stage';
import type { Emit } from '../../src/stage-task';
import type { evaluateStudent } from './index';
import { ALLOW_EXCLUDED } from './options';

/** From scores to metrics, and all of it into the artifact. */
export async function writeResults(
  context: ContextOf<typeof evaluateStudent>,
  faces: FaceSet,
  pairs: PairList,
  compared: ComparedPairs,
  about: TestChecks & { readonly model: AboutRecogniser },
  emit: Emit,
): Promise<void> {
  const { label, role, allowExcluded = ALLOW_EXCLUDED } = context.options;
  const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
  const known = everyGroup(pairs, faces.info);
  const { comparisons: all, excluded } = comparisonsByGroup(pairs, compared);
  refuseExcluded(known, excluded, allowExcluded);
  if (excluded.size > 0) {
    await writeFile(join(context.folder, 'excluded-pairs.txt'), listExcluded(pairs, compared));
    const told = tellExcluded(known, excluded);
    if (told !== undefined) warn(told);
  }
  const none: Comparisons = { scores: [], genuine: [], folds: [] };
  const groups = known.map(one => {
    const own = all.get(one.group) ?? none;
    return withKnown(one, evaluateGroup(one.group, own, excluded.get(one.group) ?? 0, one.listedPairs));
  });
  for (const { group, accuracy, reason } of groups) {
    if (accuracy === null) warn(`Group ${group} has no accuracy: ${reason ?? 'not known'}`);
  }
  // What has nothing to draw or to pool.
  const comparisons = new Map([...all].filter(([, own]) => own.scores.length > 0));
  const overall = evaluateOverall(groups, comparisons);
  const folder = context.output('evaluation');
  await writeScores(join(folder, 'scores.parquet'), pairs, compared);
  const drawn = faces.info.drawn && { drawn: true };
  const evaluation = { ...about, ...drawn, label, role, protocol: PROTOCOL, groups, overall };
  await writeFile(join(folder, 'evaluation.json'), JSON.stringify(evaluation, null, 2) + '\n');
  emit({ type: 'metrics', values: headMetrics(groups, overall) });
  const hardest = await hardestPairs(faces, pairs, compared, cosineThresholds(pairs, groups));
  await writeTiles(join(context.folder, 'mistakes.tiles'), hardest);
}

function headMetrics(groups: readonly GroupEvaluation[], { mean, stdDdof0, ser }: OverallEvaluation) {
  const accuracy = Object.fromEntries(groups.map(one => [one.group, one.accuracy]));
  return { accuracy, mean, stdDdof0, ser };
}

/** By pair: above which cosine it matches. */
function cosineThresholds(pairs: PairList, groups: readonly GroupEvaluation[]): (pair: number) => number | null {
  const byName = new Map(groups.map(one => [one.group, one]));
  return pair => {
    const threshold = byName.get(pairs.groups[pairs.groupOf[pair]!]!)?.thresholds[pairs.folds[pair]!];
    return threshold == null ? null : 1 - threshold / 2;
  };
}
