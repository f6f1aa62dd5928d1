import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../../src/kit/math/random';
import { writeEvaluation as writeFileOf, type Evaluation, type Role } from '../../src/data/evaluation';
import { writeScores, type PairScore } from '../../src/data/scores';
import { describeMetrics, evaluateGroup, evaluateOverall, PROTOCOL } from '../../src/evaluation/metrics/evaluation';
import { USUAL_METRICS } from '../../src/evaluation/metrics/metrics-option';
import { acrossGroups, describeSpreads } from '../../src/evaluation/spreads/across-groups';
import { USUAL_SPREADS } from '../../src/evaluation/spreads/spreads-option';
import type { ComparedModel } from '../../src/reports/compared-model';
import { collectPairs, summarisePairs } from '../../src/reports/scores';
import { sha256Text } from '../../src/kit/files/sha256';

export interface MadeUpModel {
  readonly label: string;
  readonly role: Role;
  /** How far genuine scores lie above impostor ones, by group; the names of the groups are its keys. */
  readonly separation: Readonly<Record<string, number>>;
  readonly pairsPerFold?: number;
  /** Name of the list of pairs; two lists differ in their paths only. */
  readonly list?: string;
}

export type MadeUpPair = PairScore;

/** Scores drawn around 0.1 (impostor) and 0.1 + separation (genuine), folds as an RFW list gives them. */
export function madeUpPairs({ label, separation, pairsPerFold = 40, list = 'list' }: MadeUpModel): MadeUpPair[] {
  return Object.entries(separation).flatMap(([group, distance]) => {
    const random = seededRandom(1, label, group);
    return Array.from({ length: 10 * pairsPerFold }, (_, i) => {
      const genuine = i % pairsPerFold < pairsPerFold / 2;
      const score = 0.1 + (genuine ? distance : 0) + 0.13 * random.normal();
      return {
        group,
        fold: Math.floor(i / pairsPerFold),
        genuine,
        score: Math.fround(Math.max(-1, Math.min(1, score))),
        path_a: `${list}/${group}/${i}/a.jpg`,
        path_b: `${list}/${group}/${i}/b.jpg`,
        ...ownPeople(i, genuine),
      };
    });
  });
}

/**
 * Pairs without doubt: genuine ones score 1 and impostors -1, but for `errors[group][fold]` genuine ones that score -1. With 10
 * genuine and 10 impostor pairs a fold, every error costs 5 points of the fold's accuracy.
 */
export function pairsWithErrors(errors: Readonly<Record<string, readonly number[]>>): MadeUpPair[] {
  return Object.entries(errors).flatMap(([group, byFold]) =>
    byFold.flatMap((wrong, fold) =>
      Array.from({ length: 20 }, (_, i) => ({
        group,
        fold,
        genuine: i < 10,
        score: i >= wrong && i < 10 ? 1 : -1,
        path_a: `${group}/${fold}/${i}/a.jpg`,
        path_b: `${group}/${fold}/${i}/b.jpg`,
        ...ownPeople(20 * fold + i, i < 10),
      })),
    ),
  );
}

/** Nobody is in two pairs. */
function ownPeople(pair: number, genuine: boolean): Pick<MadeUpPair, 'identity_a' | 'identity_b'> {
  return { identity_a: `person ${pair}`, identity_b: genuine ? `person ${pair}` : `stranger ${pair}` };
}

/** What the report compares, without going through files. */
export function comparedModel(
  model: Pick<MadeUpModel, 'label' | 'role'>,
  pairs: readonly MadeUpPair[],
  evaluation: Evaluation = madeUpEvaluation(model, pairs),
): ComparedModel {
  const byGroup = evaluation.groups.map(({ group, pairs: count }) => {
    const own = collectPairs(count);
    pairs.filter(pair => pair.group === group).forEach(pair => own.add(pair));
    return [group, own.pairs()] as const;
  });
  const scores = { ...summarisePairs(new Map(byGroup)), pairsDigest: 'same' };
  return { ...evaluation, stage: model.label, digest: 'sha256:0', scores };
}

/** An evaluation as `evaluate-student` would make it of such pairs. */
export function madeUpEvaluation(model: Pick<MadeUpModel, 'label' | 'role'>, pairs: readonly MadeUpPair[]): Evaluation {
  const comparisons = new Map(
    [...new Set(pairs.map(({ group }) => group))].map(group => {
      const own = pairs.filter(pair => pair.group === group);
      return [
        group,
        {
          scores: Float32Array.from(own, pair => pair.score),
          genuine: Uint8Array.from(own, pair => Number(pair.genuine)),
          folds: Uint8Array.from(own, pair => pair.fold),
        },
      ] as const;
    }),
  );
  const evaluated = [...comparisons].map(([group, own]) => evaluateGroup(group, own));
  const groups = evaluated.map(({ group }) => group);
  const measurements = evaluated.flatMap(each => each.measurements);
  return {
    version: 2,
    label: model.label,
    role: model.role,
    model: { architecture: 'tiny', embeddingSize: 512, parameters: 123456, sha256: sha256Text(model.label) },
    protocol: PROTOCOL,
    metrics: describeMetrics(USUAL_METRICS),
    groups,
    measurements,
    spreads: describeSpreads(USUAL_SPREADS),
    acrossGroups: acrossGroups(measurements, USUAL_SPREADS),
    overall: evaluateOverall(groups, comparisons),
  };
}

/** Writes both files of the port `evaluation`; returns the folder. */
export async function writeEvaluation(evaluation: Evaluation, pairs: readonly MadeUpPair[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-evaluation-'));
  await writeFileOf(folder, evaluation);
  await writeScores(folder, pairs);
  return folder;
}

/** Makes up a model, evaluates it and writes the evaluation; returns the folder. */
export function madeUpFolder(model: MadeUpModel): Promise<string> {
  const pairs = madeUpPairs(model);
  return writeEvaluation(madeUpEvaluation(model, pairs), pairs);
}
