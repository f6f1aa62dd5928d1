import { sha256Text } from '../../../kit/files/sha256';
import { toJson, type LocatedMap } from '../read/located';
import { LONGEST_CELL_NAME } from '../read/names';

const LONGEST_VALUE = 40;
const DIGITS = 8;

/**
 * `seed=1,weight=0` for each cell of a matrix, safe as a part of a path: a run of other characters than letters, digits and `. _ + -` becomes
 * one `-`. Names that were cut, or are equal where capitals do not count, end in `~` and eight digits that depend on the cell alone.
 */
export function cellNames(cells: readonly LocatedMap[]): string[] {
  const names = cells.map(cell => [...cell.entries].map(([key, { value }]) => `${key}=${safeText(toJson(value))}`));
  const count = new Map<string, number>();
  const folded = (name: readonly string[]) => name.join(',').toLowerCase();
  for (const name of names) count.set(folded(name), (count.get(folded(name)) ?? 0) + 1);
  return names.map((parts, index) => {
    const short = parts.map(part => part.slice(0, part.indexOf('=') + 1 + LONGEST_VALUE));
    const name = short.join(',').slice(0, LONGEST_CELL_NAME);
    const isWhole = name === parts.join(',') && count.get(folded(parts)) === 1;
    return isWhole ? name : `${name.slice(0, LONGEST_CELL_NAME - DIGITS - 1)}~${digestOf(cells[index]!)}`;
  });
}

function safeText(value: unknown): string {
  // What is far too long is not worth cleaning as a whole; one character more shows that it was cut.
  const text = String(value).slice(0, 10 * LONGEST_VALUE);
  return text.replace(/[^A-Za-z0-9._+-]+/g, '-') || '-';
}

function digestOf(cell: LocatedMap): string {
  const values = [...cell.entries].map(([key, { value }]) => [key, toJson(value)]);
  return sha256Text(JSON.stringify(values)).slice(0, DIGITS);
}
