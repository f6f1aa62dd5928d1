import { emptyMap, type LocatedMap } from '../read/located';
import type { Files, OpenFile } from '../read/files';
import { merge, mergeFiles } from './merge';
import type { ReportProblem, Span } from '../read/problem';
import { isNothing, mapOf, stringOf, stringsOf, type Word } from '../read/shape';

/** A file with all that it extends and its files of parameters laid under and over it. */
export interface Composed {
  readonly root: LocatedMap;
  /** Its own, which those that it extends do not change: the name and the roots. */
  readonly own: LocatedMap;
  /** The same and those that it extends, each as it is written. */
  readonly layers: readonly LocatedMap[];
  /** The files of parameters that these name, each as it is written. */
  readonly paramsFiles: readonly LocatedMap[];
  /** It, and the files that led to it. */
  readonly chain: Chain;
  /** Where files that it extends declare roots, which do not count. */
  readonly foreignRoots: readonly Span[];
}

/** Files each of which names the next one, the pipeline file first. */
export type Chain = readonly OpenFile[];

export interface ComposeContext {
  readonly files: Files;
  readonly report: ReportProblem;
}

/**
 * Lays the last file of a chain over what it extends; undefined when it, or a file that it names, cannot be used (reported): what is missing
 * from it would look like mistakes of others.
 */
export function compose(chain: Chain, context: ComposeContext): Composed | undefined {
  const { report } = context;
  const own = mapOf(chain.at(-1)!.root, 'a pipeline file', report);
  if (!own) return undefined;
  const composed = extended(own, report).map(reference => {
    const file = openNext(reference, chain, context);
    return file && compose([...chain, file], context);
  });
  const paramsFiles = readParamsFiles(own, context);
  const bases = whole(composed);
  if (!paramsFiles || !bases) return undefined;
  const inherited = bases.map(({ root }) => without(root, 'name', 'roots', 'resolved'));
  const root = [...inherited, withParams(own, paramsFiles)].reduce(mergeFiles);
  const foreignRoots = bases.flatMap(base => [...base.foreignRoots, ...keySpan(base.own, 'roots')]);
  const layers = [own, ...bases.flatMap(base => base.layers)];
  return {
    root: without(root, 'extends', 'paramsFiles'),
    own,
    layers,
    paramsFiles: [...paramsFiles, ...bases.flatMap(base => base.paramsFiles)],
    chain,
    foreignRoots,
  };
}

/** Opens a file that is named to be extended or imported; one of the chain would never end. */
export function openNext(reference: Word, chain: Chain, { files, report }: ComposeContext): OpenFile | undefined {
  const file = files.open(reference, 'it needs "stages" or "params"');
  const first = file ? chain.findIndex(({ real }) => real === file.real) : -1;
  if (first < 0) return file;
  const circle = [...chain.slice(first), file!].map(({ source }) => files.shown(source.path));
  const message = `Files name each other in a circle: ${circle.join(' -> ')}; remove one of these "extends" or "imports"`;
  report({ code: 'circular-files', message, span: reference.span });
  return undefined;
}

function extended(own: LocatedMap, report: ReportProblem): Word[] {
  const value = own.entries.get('extends')?.value;
  if (value?.kind !== 'scalar') return stringsOf(own, 'extends', '"extends"', report);
  const name = stringOf(value, '"extends"', report, 'the path of a file, or a list of them');
  return name === undefined ? [] : [{ name, span: value.span }];
}

function readParamsFiles(own: LocatedMap, { files, report }: ComposeContext): readonly LocatedMap[] | undefined {
  const references = stringsOf(own, 'paramsFiles', '"paramsFiles"', report);
  const read = references.map(reference => {
    const file = files.open(reference, 'it needs a map of parameters, {} for none');
    return file && mapOf(file.root, 'a file of parameters', report);
  });
  return whole(read);
}

function withParams(own: LocatedMap, maps: readonly LocatedMap[]): LocatedMap {
  const params = own.entries.get('params');
  if (maps.length === 0 || params?.value.broken) return own;
  const key = params?.key ?? own.entries.get('paramsFiles')!.key;
  const first = params?.value.kind === 'map' ? params.value : emptyMap(key);
  // Something else than a map is reported by whoever reads the parameters.
  if (params && params.value.kind !== 'map' && !isNothing(params.value)) return own;
  const value = maps.reduce((base, over) => merge(base, over), first);
  return { ...own, entries: new Map(own.entries).set('params', { key, value }) };
}

/** The list, unless something is missing from it. */
function whole<T>(list: readonly (T | undefined)[]): readonly T[] | undefined {
  return list.includes(undefined) ? undefined : (list as readonly T[]);
}

function without(map: LocatedMap, ...names: readonly string[]): LocatedMap {
  return { ...map, entries: new Map([...map.entries].filter(([name]) => !names.includes(name))) };
}

function keySpan(map: LocatedMap, name: string): Span[] {
  const entry = map.entries.get(name);
  return entry ? [entry.key] : [];
}
