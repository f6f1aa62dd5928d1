import { quote } from '../util/quote';
import type { SourceFile } from './checked-pipeline';
import type { Composed } from './compose';
import { expressionsIn } from './interpolate';
import type { Located, LocatedMap } from './located';
import { nearby } from './nearby';
import type { Problem, Report, Span } from './problem';

/** A file of parameters that many pipelines share can have thousands of others: these are told by number. */
const MAX_NAMED = 20;
/** As many are compared with the names that are read. */
const MAX_COMPARED = 1000;

/**
 * Warns of parameters that no expression reads, once for each file that has some. It is no mistake: several pipelines share a file of
 * parameters. What is replaced by another file or a profile, and what only a profile has, counts as read: nobody misspelt it.
 */
export function warnOfUnreadParams({ root, layers }: Composed, report: Report): void {
  const params = root.entries.get('params')?.value;
  if (params?.kind !== 'map') return;
  const reads = noReads();
  for (const layer of layers) collectReads(layer, reads);
  const byFile = new Map<SourceFile, Unread[]>();
  for (const param of unreadIn(params, reads, '')) {
    const { source } = param.key;
    byFile
      .set(source, byFile.get(source) ?? [])
      .get(source)!
      .push(param);
  }
  for (const unread of byFile.values()) report(warningOf(unread));
}

/** What is read of a map of parameters: all of it, or some of its names. */
interface Reads {
  isWhole: boolean;
  readonly parts: Map<string, Reads>;
}

function noReads(): Reads {
  return { isWhole: false, parts: new Map() };
}

function collectReads(value: Located, reads: Reads): void {
  if (value.kind === 'list') for (const item of value.items) collectReads(item, reads);
  else if (value.kind === 'map') for (const entry of value.entries.values()) collectReads(entry.value, reads);
  else if (typeof value.value === 'string') {
    for (const expression of expressionsIn(value.value)) {
      const [head, ...path] = expression.split('.');
      if (head === 'params') addRead(path, reads);
    }
  }
}

function addRead(path: readonly string[], reads: Reads): void {
  let at = reads;
  for (const name of path) {
    const next = at.parts.get(name) ?? noReads();
    at.parts.set(name, next);
    at = next;
  }
  at.isWhole = true;
}

interface Unread {
  /** `teacher.epochs` */
  readonly name: string;
  readonly key: Span;
  /** The nearest name that is read in its place, as a part of a sentence. */
  readonly hint: () => string;
}

function unreadIn(params: LocatedMap, { parts }: Reads, prefix: string): Unread[] {
  return [...params.entries].flatMap(([name, { key, value }]): Unread[] => {
    const read = parts.get(name);
    if (read?.isWhole === true || value.broken) return [];
    if (read) return value.kind === 'map' ? unreadIn(value, read, `${prefix}${name}.`) : [];
    return hasAnchor(key, value) ? [] : [{ name: prefix + name, key, hint: () => nearby(name, parts.keys()) }];
  });
}

/** YAML has a way of its own to use a value elsewhere. */
function hasAnchor({ source, end }: Span, { span }: Located): boolean {
  return span.source === source && /(^|[\s[{,:])&[^\s,[\]{}]/.test(source.text.slice(end, span.end));
}

function warningOf(unread: readonly Unread[]): Problem {
  const hinted = unread.map(({ name, key, hint }, place) => ({ name, key, hint: place < MAX_COMPARED ? hint() : '' }));
  // A slip must not be lost among those that are meant for others.
  const sorted = [...hinted.filter(({ hint }) => hint !== ''), ...hinted.filter(({ hint }) => hint === '')];
  const names = sorted.slice(0, MAX_NAMED).map(({ name, hint }) => quote(name) + hint);
  if (sorted.length > MAX_NAMED) names.push(`${sorted.length - MAX_NAMED} more`);
  const message =
    names.length === 1
      ? `No expression reads the parameter ${names[0]!}: it changes nothing`
      : `No expression reads the parameters ${names.slice(0, -1).join(', ')} and ${names.at(-1)!}: they change nothing`;
  return { code: 'unread-param', message, span: sorted[0]!.key, isWarning: true };
}
