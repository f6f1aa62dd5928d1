import type { Item } from './rows';

const SWEEPS = 12;

/** Orders the items of each row so that few lines cross: by the middle of their neighbours, row after row, down and up again. */
export function orderRows(rows: readonly Item[][]): Item[][] {
  let current = rows.map(row => [...row]);
  let best = current;
  let fewest = crossings(current);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    current = current.map(row => [...row]);
    const down = sweep % 2 === 0;
    const order = current.map((_, i) => (down ? i : current.length - 1 - i));
    for (const i of order.slice(1)) {
      const places = placesIn(current[down ? i - 1 : i + 1]!);
      sortByNeighbours(current[i]!, item => (down ? item.from : item.to).map(neighbour => places.get(neighbour)!));
    }
    const count = crossings(current);
    if (count >= fewest) continue;
    fewest = count;
    best = current;
  }
  return best;
}

/** How many pairs of lines cross. */
export function crossings(rows: readonly (readonly Item[])[]): number {
  return rows.slice(0, -1).reduce((sum, row, i) => {
    const places = placesIn(rows[i + 1]!);
    return sum + countInversions(row.flatMap(item => item.to.map(to => places.get(to)!).sort((a, b) => a - b)));
  }, 0);
}

/** Pairs of which the later one is smaller (a tree of Fenwick 1994 holds how often each value came), in n log n. */
function countInversions(values: readonly number[]): number {
  const tree = new Uint32Array(Math.max(0, ...values) + 2);
  let count = 0;
  values.forEach((value, seen) => {
    let smallerOrEqual = 0;
    for (let at = value + 1; at > 0; at -= at & -at) smallerOrEqual += tree[at]!;
    count += seen - smallerOrEqual;
    for (let at = value + 1; at < tree.length; at += at & -at) tree[at]!++;
  });
  return count;
}

/** Items without neighbours keep their places; the others are sorted among themselves. */
function sortByNeighbours(row: Item[], placesOf: (item: Item) => number[]): void {
  const weighed = row.flatMap((item, at) => {
    const places = placesOf(item);
    return places.length === 0
      ? []
      : [{ item, at, mean: places.reduce((sum, place) => sum + place, 0) / places.length }];
  });
  const slots = weighed.map(({ at }) => at);
  weighed.sort((a, b) => a.mean - b.mean || a.at - b.at).forEach(({ item }, i) => (row[slots[i]!] = item));
}

function placesIn(row: readonly Item[]): Map<Item, number> {
  return new Map(row.map((item, place) => [item, place]));
}
