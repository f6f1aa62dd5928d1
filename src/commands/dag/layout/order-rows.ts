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
  let count = 0;
  for (const [i, row] of rows.slice(0, -1).entries()) {
    const places = placesIn(rows[i + 1]!);
    const ends = row.flatMap(item => item.to.map(to => places.get(to)!).sort((a, b) => a - b));
    for (const [a, end] of ends.entries()) for (const later of ends.slice(a + 1)) if (later < end) count++;
  }
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
