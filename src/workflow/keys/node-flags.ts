/** Flags of Node that change no result: memory limits, messages, debuggers. What loads code, or makes V8 count in another way, is not among them. */
const CHANGE_NOTHING: readonly RegExp[] = [
  /^--(max|min|initial)-(old-space-size|semi-space-size|heap-size)$/,
  /^--max-old-space-size-percentage$/,
  /^--stack-trace-limit$/,
  /^--(no-)?(warnings|deprecation|pending-deprecation)$/,
  /^--disable-warning$/,
  /^--(no-)?trace-[\w-]+$/,
  /^--(no-)?enable-source-maps$/,
  /^--(no-)?inspect(-[\w-]+)?$/,
  /^--(report|heapsnapshot|heap-prof|cpu-prof|diagnostic)-[\w-]+$/,
  /^--(report-uncaught-exception|heap-prof|cpu-prof)$/,
];

/** What of the arguments of Node can change a result, as they were typed. A value in an argument of its own goes with its flag. */
export function flagsThatMatter(args: readonly string[]): string[] {
  let matters = true;
  return args.filter(arg => {
    if (arg.startsWith('-')) matters = !changesNothing(arg);
    return matters;
  });
}

function changesNothing(arg: string): boolean {
  // Node takes both spellings.
  const name = arg.replace(/=.*$/s, '').replaceAll('_', '-');
  return CHANGE_NOTHING.some(flag => flag.test(name));
}

/**
 * `NODE_OPTIONS` in arguments, as Node does it: blanks part them but within `"…"`, where a backslash stands before a quotation mark or a
 * backslash that is meant.
 */
export function splitNodeOptions(text: string): string[] {
  const args = text.match(/(?:"(?:\\.|[^"\\])*"?|[^ "])+/gs) ?? [];
  return args.map(arg => arg.replace(/"((?:\\.|[^"\\])*)"?/gs, (_, quoted: string) => quoted.replace(/\\(.)/gs, '$1')));
}

/** Arguments in one text, by which they differ exactly when they do: `--require "/my folder/x.js"`. */
export function joinFlags(args: readonly string[]): string {
  return args.map(arg => (/^[^\s"\\]+$/.test(arg) ? arg : JSON.stringify(arg))).join(' ');
}
