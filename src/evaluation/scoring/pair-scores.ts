import { UserError } from '../../errors';
import { lostText, type KnownGroup } from '../../leakage/every-group';
import type { PairList } from '../../data/pair-list';
import type { PairScore } from '../../data/scores';
import { percent } from '../../kit/text/percent';
import type { ComparedPairs } from './compare-pairs';

/** Scores of one group, pair by pair, in the order of the list. */
export interface GroupScores {
  readonly scores: Float32Array;
  readonly genuine: Uint8Array;
  readonly folds: Int32Array;
}

/**
 * Sorts the pairs that could be compared by group, and counts those that could not. A group that has lost all of its pairs has none to
 * compare. Errors with `no-pairs-left` when every group has.
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
    if (compared.length < own.length) excluded.set(group, own.length - compared.length);
    comparisons.set(group, {
      scores: Float32Array.from(compared, pair => scores[pair]!),
      genuine: Uint8Array.from(compared, pair => pairs.genuine[pair]!),
      folds: Int32Array.from(compared, pair => pairs.folds[pair]!),
    });
  });
  if ([...comparisons.values()].every(group => group.scores.length === 0)) {
    throw new UserError(
      `Cannot evaluate: none of the ${scores.length} pairs has both faces in the face set; check that the faces are ` +
        'those of the test split that the pairs belong to, and why alignment skipped them',
      { code: 'no-pairs-left' },
    );
  }
  return { comparisons, excluded };
}

/**
 * Errors with `too-many-excluded` (`UserError`) when a group has lost more than a share of its pairs, and names each such group. One that
 * has a reason has no number that could be wrong.
 * @param allowed 0 to 1
 */
export function refuseExcluded(
  groups: readonly KnownGroup[],
  excluded: ReadonlyMap<string, number>,
  allowed: number,
): void {
  const over = groups.flatMap(({ group, listedPairs, reason, photographs }) => {
    const count = excluded.get(group) ?? 0;
    // A share given as 0.1 must allow 1 of 10 whatever the rounding.
    if (reason !== undefined || count <= allowed * listedPairs * (1 + 1e-12)) return [];
    const because = lostText(photographs);
    const text = `\n  Group ${group}: ${excludedText(count, listedPairs)}${because === undefined ? '' : `, because ${because}`}`;
    return [{ text, share: count / listedPairs }];
  });
  if (over.length === 0) return;
  const enough = Math.ceil(Math.max(...over.map(({ share }) => share)) * 1000) / 1000;
  throw new UserError(
    `Cannot evaluate: too many pairs have a photograph that gave no face, want at most ${percent(allowed)} of each group:` +
      `${over.map(({ text }) => text).join('')}\nThe rest of such a group may be easier than the whole. Mend the photographs or their landmarks, ` +
      `or continue with allowExcluded: ${enough}; the report says what each group has lost`,
    { code: 'too-many-excluded' },
  );
}

/** A warning with the lost pairs of each group without a reason of its own; undefined when no such group has lost any. */
export function tellExcluded(groups: readonly KnownGroup[], excluded: ReadonlyMap<string, number>): string | undefined {
  const counts = groups.flatMap(({ group, listedPairs, reason }) =>
    // A reason has its own warning.
    reason === undefined && excluded.has(group) ? [`${group} ${excludedText(excluded.get(group)!, listedPairs)}`] : [],
  );
  if (counts.length === 0) return undefined;
  return `Pairs left out because a photograph gave no face: ${counts.join(', ')}; they are listed in excluded-pairs.txt`;
}

/** `10 of 40 pairs (25 %)` */
function excludedText(count: number, listed: number): string {
  return `${count} of ${listed} pairs (${percent(count / listed)})`;
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

/** The pairs that were compared, in the order of the list, with their people: intervals are drawn from people. */
export function* scoredPairs(pairs: PairList, { scores, identities }: ComparedPairs): Generator<PairScore> {
  for (const [pair, score] of scores.entries()) {
    if (Number.isNaN(score)) continue;
    const [a, b] = [pairs.a[pair]!, pairs.b[pair]!];
    yield {
      group: pairs.groups[pairs.groupOf[pair]!]!,
      fold: pairs.folds[pair]!,
      genuine: pairs.genuine[pair] === 1,
      score,
      path_a: pairs.paths[a]!,
      path_b: pairs.paths[b]!,
      identity_a: identities[a]!,
      identity_b: identities[b]!,
    };
  }
}
