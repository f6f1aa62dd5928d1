import { parseCsv } from '../../kit/text/csv';
import type { Row, Value } from '../../data/tables/table';
import { formatCount, plural } from '../../kit/text/human';
import { clip } from '../../kit/text/printable';
import { aligned, lengthOf } from '../../kit/text/aligned';
import { readStart } from './read-start';
import type { View, ViewOptions } from './view';

/** Tried from the left. */
const CELL_WIDTHS = [32, 20, 12];
/** Of a vector, how many of its values are shown. */
const VECTOR_START = 3;

/** Columns with their types, the number of rows, and the first of them. */
export const parquet: View = {
  name: 'parquet',
  endings: ['.parquet'],
  render: async (path, options) => {
    const { inspectTable } = await import('../../data/tables/inspect-table');
    const { readTable } = await import('../../data/tables/read-table');
    const { rows, columns, metadata } = await inspectTable(path);
    const known = columns.flatMap(({ name, column }) => (column === null ? [] : [[name, column] as const]));
    const shown: Row[] = [];
    if (known.length > 0 && rows > 0 && options.rows > 0) {
      const table = await readTable(path, Object.fromEntries(known));
      try {
        for await (const row of table) if (shown.push(row) >= options.rows) break;
      } finally {
        await table.close();
      }
    }
    return [
      `${plural(rows, 'row')}, ${plural(columns.length, 'column')}`,
      ...aligned(columns.map(({ name, type }) => [`  ${clip(name, 40)}`, type])),
      ...Object.entries(metadata).map(([key, value]) => `  ${clip(`${key} = ${value}`, 100)}`),
      ...(shown.length === 0
        ? []
        : [
            '',
            ...tableLines(
              known.map(([name]) => name),
              shown.map(row => known.map(([name]) => cellText(row[name] ?? null))),
              options,
            ),
          ]),
      ...(shown.length < rows ? [`… ${formatCount(rows - shown.length)} more rows`] : []),
      '',
    ].join('\n');
  },
};

/** Comma-separated values as a table. */
export const csv: View = {
  name: 'csv',
  endings: ['.csv'],
  render: async (path, options) => {
    const start = await readStart(path);
    const [head, ...rows] = parseCsv(start.text);
    if (head === undefined) return 'the file is empty\n';
    const shown = rows.slice(0, options.rows);
    const left = rows.length - shown.length;
    const rest = start.isWhole ? (left > 0 ? [`… ${formatCount(left)} more rows`] : []) : ['… and more rows'];
    const count = start.isWhole ? [`${plural(rows.length, 'row')}, ${plural(head.length, 'column')}`, ''] : [];
    return [...count, ...tableLines(head, shown, options), ...rest, ''].join('\n');
  },
};

/** As many columns as fit, in narrower cells where that helps; the names of the others below. Numbers end together. */
function tableLines(head: readonly string[], rows: readonly (readonly string[])[], { columns }: ViewOptions): string[] {
  const tables = CELL_WIDTHS.map(width => [head, ...rows].map(row => head.map((_, i) => clip(row[i] ?? '', width))));
  const cells = tables.find(table => countFitting(table, columns) === head.length) ?? tables.at(-1)!;
  const fitting = countFitting(cells, columns);
  const numeric = head.flatMap((_, i) =>
    rows.length > 0 && cells.slice(1).every(row => isNumber(row[i]!)) ? [i] : [],
  );
  const shown = cells.map(row => row.slice(0, fitting));
  const lines = aligned(shown, numeric);
  const hidden = head.slice(fitting);
  const rule = '─'.repeat(Math.max(...lines.map(lengthOf)));
  const noun = hidden.length === 1 ? 'column' : 'columns';
  const note = hidden.length === 0 ? [] : [`… and the ${noun} ${clip(hidden.join(', '), 200)}`];
  return [lines[0]!, rule, ...lines.slice(1), ...note];
}

/** How many columns of a table fit side by side; at least one. */
function countFitting(cells: readonly (readonly string[])[], room: number): number {
  const count = cells[0]!.length;
  let used = -2;
  for (let i = 0; i < count; i++) {
    used += 2 + Math.max(...cells.map(row => lengthOf(row[i]!)));
    if (used > room) return Math.max(1, i);
  }
  return count;
}

function isNumber(text: string): boolean {
  return text === '' || text === '–' || /^-?\d[\d.]*(e[+-]?\d+)?$/i.test(text);
}

function cellText(value: Value): string {
  if (value === null) return '–';
  if (value instanceof Float32Array) {
    const start = Array.from(value.subarray(0, VECTOR_START), number => number.toPrecision(3));
    return `[${start.join(', ')}${value.length > VECTOR_START ? ', …' : ''}]`;
  }
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(Number(value.toPrecision(6)));
}
