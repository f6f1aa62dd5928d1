import { quote } from '../../../kit/text/quote';
import type { SourceFile } from '../checked-pipeline';
import type { Composed } from './compose';
import { expressionsIn } from './interpolate';
import { partAt, type Located, type LocatedMap } from '../read/located';
import { nearby } from '../read/nearby';
import type { Problem, ReportProblem, Span } from '../read/problem';

/** Most parameters that one warning names; the others are only counted. */
const MAX_NAMED = 20;
/** Of each file, as many are compared with the names that are read. */
const MAX_COMPARED = 1000;

/**
 * Warns of parameters that no expression reads, once for each file that has some. It is no mistake. Several pipelines share a file of parameters, so
 * only likely slips are reported: names close to one that is read and that the file does not have. What is replaced by another file or a profile, and
 * what only a profile has, counts as read: nobody misspelt it.
 */
export function warnOfUnreadParams({ root, layers, paramsFiles }: Composed, report: ReportProblem): void {
  const params = root.entries.get('params')?.value;
  if (params?.kind !== 'map') return;
  const reads = noReads();
  for (const value of layers.flatMap(interpolatedIn)) collectReads(value, reads);
  const shared = new Map(paramsFiles.map(map => [map.span.source, map]));
  const byFile = new Map<SourceFile, Unread[]>();
  for (const param of unreadIn(params, reads, [])) {
    const { source } = param.key;
    byFile
      .set(source, byFile.get(source) ?? [])
      .get(source)!
      .push(param);
  }
  for (const [source, unread] of byFile) {
    const told = hinted(unread, shared.get(source));
    if (told.length > 0) report(warningOf(told));
  }
}

/** What is read of a map of parameters: all of it, or some of its names. */
interface Reads {
  isWhole: boolean;
  readonly parts: Map<string, Reads>;
}

function noReads(): Reads {
  return { isWhole: false, parts: new Map() };
}

/** The parts of a file in which expressions are replaced; a description is not one. */
function interpolatedIn({ entries }: LocatedMap): Located[] {
  const [profiles, ...parts] = ['profiles', 'imports', 'stages'].map(name => entries.get(name)?.value);
  const overlays = profiles?.kind === 'map' ? [...profiles.entries.values()].map(({ value }) => value) : [];
  const stages = overlays.map(profile => (profile.kind === 'map' ? profile.entries.get('stages')?.value : undefined));
  return [...parts, ...stages].filter(part => part !== undefined);
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
  /** `['teacher', 'epochs']` */
  readonly path: readonly string[];
  readonly key: Span;
  /** What is read where it stands. */
  readonly read: ReadonlyMap<string, unknown>;
}

function unreadIn(params: LocatedMap, { parts }: Reads, prefix: readonly string[]): Unread[] {
  return [...params.entries].flatMap(([name, { key, value }]): Unread[] => {
    const read = parts.get(name);
    const path = [...prefix, name];
    if (read?.isWhole === true || value.broken) return [];
    if (read) return value.kind === 'map' ? unreadIn(value, read, path) : [];
    return hasAnchor(key, value) ? [] : [{ path, key, read: parts }];
  });
}

/** YAML has a way of its own to use a value elsewhere. */
function hasAnchor({ source, end }: Span, { span }: Located): boolean {
  return span.source === source && /(^|[\s[{,:])&[^\s,[\]{}]/.test(source.text.slice(end, span.end));
}

interface Hinted {
  /** `teacher.epochs` */
  readonly name: string;
  readonly key: Span;
  /** The nearest name that is read in its place, as a part of a sentence. */
  readonly hint: string;
}

/** The parameters of a file to report, likely slips first, so that they are not lost among the others. */
function hinted(unread: readonly Unread[], shared: LocatedMap | undefined): Hinted[] {
  const all = unread.map((param, place) => ({
    name: param.path.join('.'),
    key: param.key,
    hint: place < MAX_COMPARED ? hintFor(param, shared) : '',
  }));
  const slips = all.filter(({ hint }) => hint !== '');
  return shared ? slips : [...slips, ...all.filter(({ hint }) => hint === '')];
}

function hintFor({ path, read }: Unread, shared: LocatedMap | undefined): string {
  const beside = shared && partAt(shared, path.slice(0, -1))?.value;
  const names = [...read.keys()];
  // A name that the file has, too, was not misspelt in it.
  return nearby(path.at(-1)!, beside?.kind === 'map' ? names.filter(name => !beside.entries.has(name)) : names);
}

function warningOf(unread: readonly Hinted[]): Problem {
  const names = unread.slice(0, MAX_NAMED).map(({ name, hint }) => quote(name) + hint);
  if (unread.length > MAX_NAMED) names.push(`${unread.length - MAX_NAMED} more`);
  const message =
    names.length === 1
      ? `No expression reads the parameter ${names[0]!}: it changes nothing`
      : `No expression reads the parameters ${names.slice(0, -1).join(', ')} and ${names.at(-1)!}: they change nothing`;
  return { code: 'unread-param', message, span: unread[0]!.key, isWarning: true };
}
