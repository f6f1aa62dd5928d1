import { createHash } from 'node:crypto';
import { badEvaluation, type Evaluation } from '../data/evaluation';
import { openScores, type PairScore } from '../data/scores';
import { countPairs, missingClass } from '../evaluation/metrics/comparisons';
import { logRocPoints, rocOf } from '../evaluation/metrics/roc';

/** Bins of a score histogram over the cosines -1 to 1. */
export const SCORE_BINS = 200;

/** The scores of one group, summed up: its size does not depend on the number of pairs. */
export interface GroupSummary {
  readonly group: string;
  /** On the photographs of its pairs. */
  readonly people: number;
  /** Pairs by cosine, `SCORE_BINS` bins of equal width from -1 to 1. */
  readonly genuine: Uint32Array;
  readonly impostor: Uint32Array;
  /** [FMR, TMR] in rising order; empty when one kind of pair is missing. */
  readonly roc: readonly (readonly [number, number])[];
}

/** Every pair of a group in file order, a few numbers each. */
export interface ScoredPairs {
  /** Cosines. */
  readonly scores: Float32Array;
  readonly genuine: Uint8Array;
  readonly folds: Uint8Array;
  /** The person on either photograph, 0..people-1 within the group. */
  readonly a: Uint32Array;
  readonly b: Uint32Array;
  readonly people: number;
}

export interface ScoreSummary {
  readonly groups: readonly GroupSummary[];
  readonly pairs: ReadonlyMap<string, ScoredPairs>;
  /** SHA-256 over every pair (group, fold, kind, both paths) in file order, as hex. */
  readonly pairsDigest: string;
}

/**
 * Reads `scores.parquet` of an evaluation's folder, row by row into typed arrays. Errors with `bad-evaluation` when its
 * rows are not the pairs that `evaluation.json` counts.
 */
export async function summariseScores(folder: string, evaluation: Evaluation, stage: string): Promise<ScoreSummary> {
  const table = await openScores(folder);
  const { path, count } = table;
  const wanted = evaluation.groups.reduce((sum, { pairs }) => sum + pairs, 0);
  const groups = new Map(evaluation.groups.map(({ group, pairs }) => [group, collectPairs(pairs)]));
  const digest = createHash('sha256');
  try {
    if (count !== wanted) throw badEvaluation(stage, `${path} has ${count} pairs, evaluation.json says ${wanted}`);
    for await (const pair of table) {
      const { group, fold, genuine, score, path_a, path_b } = pair;
      const own = groups.get(group);
      if (own === undefined) throw badEvaluation(stage, `${path} has pairs of a group "${group}" without metrics`);
      if (!Number.isFinite(score)) throw badEvaluation(stage, `${path} has a score ${score}`);
      own.add(pair);
      digest.update(JSON.stringify([group, fold, genuine, path_a, path_b]));
    }
  } finally {
    await table.close();
  }
  for (const { group, pairs } of evaluation.groups) {
    const found = groups.get(group)!.count();
    if (found === pairs) continue;
    throw badEvaluation(stage, `${path} has ${found} pairs of group "${group}", evaluation.json says ${pairs}`);
  }
  const pairs = new Map([...groups].map(([group, own]) => [group, own.pairs()]));
  return { ...summarisePairs(pairs), pairsDigest: digest.digest('hex') };
}

export type ScoredPair = Pick<PairScore, 'fold' | 'genuine' | 'score' | 'identity_a' | 'identity_b'>;

/** Gathers pairs of a group, at most `most`. */
export function collectPairs(most: number): {
  add(pair: ScoredPair): void;
  count(): number;
  pairs(): ScoredPairs;
} {
  const [scores, genuine, folds] = [new Float32Array(most), new Uint8Array(most), new Uint8Array(most)];
  const [a, b] = [new Uint32Array(most), new Uint32Array(most)];
  const people = new Map<string, number>();
  const numberOf = (identity: string): number => {
    const known = people.get(identity) ?? people.size;
    people.set(identity, known);
    return known;
  };
  let count = 0;
  return {
    add: pair => {
      const at = count++;
      if (at >= most) return;
      scores[at] = pair.score;
      genuine[at] = Number(pair.genuine);
      folds[at] = pair.fold;
      a[at] = numberOf(pair.identity_a);
      b[at] = numberOf(pair.identity_b);
    },
    count: () => count,
    pairs: () => ({ scores, genuine, folds, a, b, people: people.size }),
  };
}

/** What charts are drawn from, by group. */
export function summarisePairs(pairs: ReadonlyMap<string, ScoredPairs>): Omit<ScoreSummary, 'pairsDigest'> {
  return { groups: [...pairs].map(([group, own]) => summarise(group, own)), pairs };
}

function summarise(group: string, { scores, genuine, people }: ScoredPairs): GroupSummary {
  const bins = { genuine: new Uint32Array(SCORE_BINS), impostor: new Uint32Array(SCORE_BINS) };
  scores.forEach((score, i) => {
    const counts = genuine[i] === 1 ? bins.genuine : bins.impostor;
    // Rounding takes a cosine a hair beyond 1.
    const bin = Math.max(0, Math.min(SCORE_BINS - 1, Math.floor(((score + 1) / 2) * SCORE_BINS)));
    counts[bin] = counts[bin]! + 1;
  });
  const comparisons = { scores, genuine, folds: new Uint8Array(scores.length) };
  const complete = missingClass(countPairs(comparisons)) === null;
  return { group, people, ...bins, roc: complete ? logRocPoints(rocOf(comparisons)) : [] };
}
