type Field = string | number | boolean | null | undefined;

/** One line of a CSV file, with its end. */
export function csvLine(fields: readonly Field[]): string {
  return fields.map(csvField).join(',') + '\n';
}

/** The fields of each line. They may be quoted, quotes in them doubled (RFC 4180). A damaged end is shown as it is. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] | undefined;
  const field = /"((?:[^"]|"")*)"(?=,|\r?\n|$)|([^,\r\n]*)/y;
  for (let at = 0; at < text.length || row !== undefined;) {
    field.lastIndex = at;
    const [whole, quoted, plain] = field.exec(text)!;
    row ??= rows[rows.push([]) - 1]!;
    row.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    at += whole.length;
    const end = /^(,|\r?\n|\r|$)/.exec(text.slice(at, at + 2))![0];
    at += end.length;
    if (end !== ',') row = undefined;
  }
  return rows;
}

/**
 * One field of a CSV file (RFC 4180). Text that a spreadsheet would compute (`=1+1`, `@SUM(…)`) gets an apostrophe in front, which
 * spreadsheets take for "this is text"; numbers stay as they are, negative ones too.
 */
function csvField(value: Field): string {
  if (typeof value !== 'string') return String(value ?? '');
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
