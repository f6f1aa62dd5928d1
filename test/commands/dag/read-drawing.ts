const UP = 1;
const DOWN = 2;
const LEFT = 4;
const RIGHT = 8;

const SIDES: Readonly<Record<string, number>> = {
  '│': UP | DOWN,
  '─': LEFT | RIGHT,
  '╰': UP | RIGHT,
  '╯': UP | LEFT,
  '╭': DOWN | RIGHT,
  '╮': DOWN | LEFT,
  '├': UP | DOWN | RIGHT,
  '┤': UP | DOWN | LEFT,
  '┴': UP | LEFT | RIGHT,
  '┬': DOWN | LEFT | RIGHT,
  '┼': UP | DOWN | LEFT | RIGHT,
};
const MOVES = [
  { side: UP, back: DOWN, row: -1, column: 0 },
  { side: DOWN, back: UP, row: 1, column: 0 },
  { side: LEFT, back: RIGHT, row: 0, column: -1 },
  { side: RIGHT, back: LEFT, row: 0, column: 1 },
];

/** Follows the lines of a drawing as a reader does, from each name downwards. Returns `a > b` for every line. */
export function readDrawing(text: string, names: readonly string[]): string[] {
  const cells = text.split('\n').map(line => Array.from(line));
  const homes = new Map<string, string>();
  for (const [row, line] of cells.entries()) {
    for (const { 0: whole, 1: inner, index } of line.join('').matchAll(/\[ *(\S+?) *\]|[^\s│─╭╮╰╯├┤┴┬┼]+/g)) {
      const word = inner ?? whole;
      if (!names.includes(word)) continue;
      Array.from(whole).forEach((_, i) => homes.set(`${row} ${index + i}`, word));
    }
  }
  const edges = new Set<string>();
  for (const [place, name] of homes) {
    const [row, column] = place.split(' ').map(Number) as [number, number];
    for (const reached of follow(cells, homes, row + 1, column)) edges.add(`${name} > ${reached}`);
  }
  return [...edges].sort();
}

function follow(
  cells: readonly (readonly string[])[],
  homes: ReadonlyMap<string, string>,
  row: number,
  column: number,
): Set<string> {
  const reached = new Set<string>();
  const seen = new Set<string>();
  const queue = [{ row, column, from: UP }];
  for (const { row: y, column: x, from } of queue) {
    const state = `${y} ${x} ${from}`;
    if (seen.has(state)) continue;
    seen.add(state);
    const home = homes.get(`${y} ${x}`);
    if (home !== undefined) {
      if (from === UP) reached.add(home);
      continue;
    }
    const sides = SIDES[cells[y]?.[x] ?? ' '] ?? 0;
    // A line from the side passes below an upright one.
    const passes = sides === (UP | DOWN) && (from === LEFT || from === RIGHT);
    if (!passes && (sides & from) === 0) continue;
    const ways = passes ? LEFT + RIGHT - from : sides & ~from;
    for (const move of MOVES) {
      if ((ways & move.side) !== 0) queue.push({ row: y + move.row, column: x + move.column, from: move.back });
    }
  }
  return reached;
}
