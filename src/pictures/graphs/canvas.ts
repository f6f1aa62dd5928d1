/** Sides of a character cell at which a line leaves it. */
const UP = 1;
const DOWN = 2;
const LEFT = 4;
const RIGHT = 8;

const GLYPHS = ' │││─╯╮┤─╰╭├─┴┬┼';

/** Character cells in which lines of several owners are drawn. Lines of one owner join; those of two owners cross without touching. */
export class Canvas {
  readonly #rows: { sides: number; owner: unknown }[][] = [];

  /** A line downwards from row `top` to row `bottom`; the ends reach to the edges of their cells unless they are joined. */
  vertical(
    column: number,
    top: number,
    bottom: number,
    owner: unknown,
    sides: { readonly up: boolean; readonly down: boolean },
  ): void {
    for (let row = top; row <= bottom; row++) {
      this.#add(row, column, (row > top || sides.up ? UP : 0) | (row < bottom || sides.down ? DOWN : 0), owner);
    }
  }

  horizontal(row: number, left: number, right: number, owner: unknown): void {
    for (let column = left; column <= right; column++) {
      this.#add(row, column, (column > left ? LEFT : 0) | (column < right ? RIGHT : 0), owner);
    }
  }

  /** The rows as text, without spaces at their ends. */
  lines(): string[] {
    return this.#rows.map(row =>
      Array.from(row, cell => GLYPHS[(cell as typeof cell | undefined)?.sides ?? 0]!)
        .join('')
        .trimEnd(),
    );
  }

  #add(row: number, column: number, sides: number, owner: unknown): void {
    while (this.#rows.length <= row) this.#rows.push([]);
    const cell = this.#rows[row]![column];
    if (cell === undefined || cell.owner === owner) {
      this.#rows[row]![column] = { sides: (cell?.sides ?? 0) | sides, owner };
      return;
    }
    // Of two that cross, the upright one is drawn and the other one seems to pass below it.
    if ((sides & (UP | DOWN)) !== 0) this.#rows[row]![column] = { sides, owner };
  }
}
