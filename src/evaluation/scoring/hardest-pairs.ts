import type { FaceSet } from '../../data/face-set';
import type { PairList } from '../../data/pair-list';
import { faceTiles, type Tiles } from '../../data/tiles';
import type { ComparedPairs } from './compare-pairs';

/** Pairs of each kind that are shown; two tiles a pair. */
const SHOWN = 12;

/**
 * The impostor pairs with the highest scores and the genuine pairs with the lowest. The label says whether the pair is decided
 * wrongly at the threshold of its fold.
 * @param cosineThreshold by pair: it matches above this cosine; null where its group or fold has none, and nothing is decided.
 */
export async function hardestPairs(
  faces: FaceSet,
  pairs: PairList,
  { scores, rowOf }: ComparedPairs,
  cosineThreshold: (pair: number) => number | null,
): Promise<Tiles> {
  const compared = Array.from(scores.keys()).filter(pair => !Number.isNaN(scores[pair]!));
  const impostors = compared.filter(pair => pairs.genuine[pair] === 0).sort((p, q) => scores[q]! - scores[p]!);
  const genuine = compared.filter(pair => pairs.genuine[pair] === 1).sort((p, q) => scores[p]! - scores[q]!);
  const wanted = [...impostors.slice(0, SHOWN), ...genuine.slice(0, SHOWN)].flatMap(pair => {
    const same = pairs.genuine[pair] === 1;
    const threshold = cosineThreshold(pair);
    const verdict = threshold === null ? 'not decided' : verdictOn(scores[pair]! > threshold, same);
    return [
      {
        row: rowOf[pairs.a[pair]!]!,
        label: `${pairs.groups[pairs.groupOf[pair]!]!} cosine ${scores[pair]!.toFixed(2)}`,
      },
      { row: rowOf[pairs.b[pair]!]!, label: verdict },
    ];
  });
  return { columns: 8, tiles: await faceTiles(faces, wanted) };
}

function verdictOn(matches: boolean, same: boolean): string {
  if (same) return matches ? 'match' : 'false non-match';
  return matches ? 'false match' : 'non-match';
}
