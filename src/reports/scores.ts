import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { countPairs, missingClass } from '../metrics/metric';
import { logRocPoints, rocOf } from '../metrics/roc';
import { readTable } from '../tables/read-table';
import type { Columns } from '../tables/table';
import { badEvaluation, type Evaluation } from './evaluation';

/** Bins of a score histogram over the cosines -1 to 1. */
export const SCORE_BINS = 200;

/** The scores of one group, summed up: its size does not depend on the number of pairs. */
export interface GroupScores {
  readonly group: string;
  /** Pairs by cosine, `SCORE_BINS` bins of equal width from -1 to 1. */
  readonly genuine: Uint32Array;
  readonly impostor: Uint32Array;
  /** [FMR, TMR] in rising order; empty when one kind of pair is missing. */
  readonly roc: readonly (readonly [number, number])[];
}

export interface ScoreSummary {
  readonly groups: readonly GroupScores[];
  /** SHA-256 over every pair (group, fold, kind, both paths) in file order, as hex. */
  readonly pairsDigest: string;
}

/**
 * Reads `scores.parquet` of an evaluation's folder, row by row into typed arrays. Errors with `bad-evaluation` when its
 * rows are not the pairs that `evaluation.json` counts.
 */
export async function summariseScores(folder: string, evaluation: Evaluation, stage: string): Promise<ScoreSummary> {
  const path = join(folder, 'scores.parquet');
  const table = await readTable(path, COLUMNS);
  const wanted = evaluation.groups.reduce((sum, { pairs }) => sum + pairs, 0);
  if (table.rows !== wanted) {
    await table.close();
    throw badEvaluation(stage, `${path} has ${table.rows} pairs, evaluation.json says ${wanted}`);
  }
  const groups = new Map(evaluation.groups.map(({ group, pairs }) => [group, roomFor(pairs)]));
  const digest = createHash('sha256');
  try {
    for await (const row of table) {
      const group = String(row['group']);
      const own = groups.get(group);
      const score = Number(row['score']);
      if (own === undefined) throw badEvaluation(stage, `${path} has pairs of a group "${group}" without metrics`);
      if (!Number.isFinite(score)) throw badEvaluation(stage, `${path} has a score ${score}`);
      if (own.count < own.scores.length) {
        own.scores[own.count] = score;
        own.genuine[own.count] = row['genuine'] === true ? 1 : 0;
      }
      own.count++;
      digest.update(JSON.stringify([group, row['fold'], row['genuine'], row['path_a'], row['path_b']]));
    }
  } finally {
    await table.close();
  }
  for (const [group, { count, scores }] of groups) {
    if (count === scores.length) continue;
    throw badEvaluation(stage, `${path} has ${count} pairs of group "${group}", evaluation.json says ${scores.length}`);
  }
  return { groups: [...groups].map(([group, pairs]) => summarise(group, pairs)), pairsDigest: digest.digest('hex') };
}

const COLUMNS = {
  group: { type: 'string' },
  fold: { type: 'int' },
  genuine: { type: 'boolean' },
  score: { type: 'float' },
  path_a: { type: 'string' },
  path_b: { type: 'string' },
} as const satisfies Columns;

interface GroupPairs {
  readonly scores: Float32Array;
  readonly genuine: Uint8Array;
  count: number;
}

function roomFor(pairs: number): GroupPairs {
  return { scores: new Float32Array(pairs), genuine: new Uint8Array(pairs), count: 0 };
}

function summarise(group: string, { scores, genuine }: GroupPairs): GroupScores {
  const bins = { genuine: new Uint32Array(SCORE_BINS), impostor: new Uint32Array(SCORE_BINS) };
  scores.forEach((score, i) => {
    const counts = genuine[i] === 1 ? bins.genuine : bins.impostor;
    // Rounding takes a cosine a hair beyond 1.
    const bin = Math.max(0, Math.min(SCORE_BINS - 1, Math.floor(((score + 1) / 2) * SCORE_BINS)));
    counts[bin] = counts[bin]! + 1;
  });
  const comparisons = { scores, genuine, folds: new Uint8Array(scores.length) };
  const complete = missingClass(countPairs(comparisons)) === null;
  return { group, ...bins, roc: complete ? logRocPoints(rocOf(comparisons)) : [] };
}
