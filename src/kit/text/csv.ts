/**
 * One field of a CSV file (RFC 4180). Text that a spreadsheet would compute (`=1+1`, `@SUM(…)`) gets an apostrophe in front, which
 * spreadsheets take for "this is text"; numbers stay as they are, negative ones too.
 */
export function csvField(value: string | number | boolean | null | undefined): string {
  if (typeof value !== 'string') return String(value ?? '');
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
