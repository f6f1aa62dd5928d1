import { UserError } from '../errors';
import type { PairList } from '../faces/pair-list';
import type { Columns } from '../tables/table';
import { writeTable } from '../tables/write-table';
import type { ComparedPairs } from './compare-pairs';

/** Scores of one group, pair by pair, in the order of the list. */
export interface GroupScores {
  readonly scores: Float32Array;
  readonly genuine: Uint8Array;
  readonly folds: Int32Array;
}

/**
 * Sorts the pairs that could be compared by group, and counts those that could not. Errors with `no-pairs-left` when a group
 * has lost all of its pairs.
 */
export function comparisonsByGroup(
  pairs: PairList,
  { scores }: ComparedPairs,
): { comparisons: Map<string, GroupScores>; excluded: Map<string, number> } {
  const comparisons = new Map<string, GroupScores>();
  const excluded = new Map<string, number>();
  pairs.groups.forEach((group, index) => {
    const own = [...pairs.groupOf.keys()].filter(pair => pairs.groupOf[pair] === index);
    const compared = own.filter(pair => !Number.isNaN(scores[pair]!));
    if (compared.length === 0) {
      throw new UserError(
        `Cannot evaluate group ${group}: none of its ${own.length} pairs has both faces in the face set; check that the faces are ` +
          'those of the test split that the pairs belong to, and why alignment skipped them',
        { code: 'no-pairs-left' },
      );
    }
    if (compared.length < own.length) excluded.set(group, own.length - compared.length);
    comparisons.set(group, {
      scores: Float32Array.from(compared, pair => scores[pair]!),
      genuine: Uint8Array.from(compared, pair => pairs.genuine[pair]!),
      folds: Int32Array.from(compared, pair => pairs.folds[pair]!),
    });
  });
  return { comparisons, excluded };
}

/** Pairs that could not be compared: group, fold, kind, both paths and which of them gave no face, separated by tabs. */
export function listExcluded(pairs: PairList, { scores, rowOf }: ComparedPairs): string {
  const lines = ['group\tfold\tkind\tpath_a\tpath_b\tmissing'];
  for (const [pair, score] of scores.entries()) {
    if (!Number.isNaN(score)) continue;
    const [a, b] = [pairs.a[pair]!, pairs.b[pair]!];
    const missing = [a, b].filter(slot => rowOf[slot] === -1).map(slot => pairs.paths[slot]!);
    const kind = pairs.genuine[pair] === 1 ? 'genuine' : 'impostor';
    const group = pairs.groups[pairs.groupOf[pair]!]!;
    lines.push([group, pairs.folds[pair]!, kind, pairs.paths[a]!, pairs.paths[b]!, missing.join(' ')].join('\t'));
  }
  return lines.join('\n') + '\n';
}

const COLUMNS = {
  group: { type: 'string' },
  fold: { type: 'int' },
  genuine: { type: 'boolean' },
  score: { type: 'float' },
  path_a: { type: 'string' },
  path_b: { type: 'string' },
  identity_a: { type: 'string' },
  identity_b: { type: 'string' },
} as const satisfies Columns;

/** Writes the pairs that were compared, in the order of the list, with who is on them: intervals are drawn from people. */
export async function writeScores(path: string, pairs: PairList, { scores, identities }: ComparedPairs): Promise<void> {
  const compared = [...scores.keys()].filter(pair => !Number.isNaN(scores[pair]!));
  const rows = compared.map(pair => ({
    group: pairs.groups[pairs.groupOf[pair]!]!,
    fold: pairs.folds[pair]!,
    genuine: pairs.genuine[pair] === 1,
    score: scores[pair]!,
    path_a: pairs.paths[pairs.a[pair]!]!,
    path_b: pairs.paths[pairs.b[pair]!]!,
    identity_a: identities[pairs.a[pair]!]!,
    identity_b: identities[pairs.b[pair]!]!,
  }));
  await writeTable(path, COLUMNS, rows);
}
