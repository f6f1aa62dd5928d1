import type { Place } from '../checked-pipeline';
import type { Connections } from '../check/connect';
import type { Links } from '../check/link-cells';
import type { Located, LocatedMap } from './located';
import { placeOf } from './positions';
import type { Word } from './shape';
import { memberNames } from '../../../kit/text/leaf-name';

/** What a step was made from. */
export interface Written {
  /** Interpolated. */
  readonly options: LocatedMap;
  readonly connections: Connections;
  readonly links: Links;
  readonly env: readonly Word[];
}

/** Where a leaf of the key is written, see `CheckedStep.placesOf`. Found when asked for, which is seldom. */
export function placesIn({ options, connections, links, env }: Written, leaf: string): Place[] {
  const [, kind, rest] = /^(options|inputs|env)\.(.*)$/s.exec(leaf) ?? [];
  if (kind === 'options') {
    const value = partNamed(options, rest!);
    return value ? placesOfValue(value) : [];
  }
  if (kind === 'inputs') {
    const [, port, index] = /^(.*?)(?:\[(\d+)\].*)?$/s.exec(rest!) ?? [];
    const outputs = links.get(port!) ?? [];
    const span = outputs[Number(index ?? 0)]?.span ?? connections.get(port!)?.key;
    return span ? [placeOf(span)] : [];
  }
  return env.filter(({ name }) => kind === 'env' && name === rest).map(({ span }) => placeOf(span));
}

function placesOfValue({ origins = [], span, set }: Located): Place[] {
  const places = [...origins, { span, set }].flatMap(part => [...argument(part.set), placeOf(part.span)]);
  const seen = new Set<string>();
  return places.filter(({ file, line, column }) => {
    const key = `${line} ${column} ${file}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** What the command line says comes before what it replaces. */
function argument(set: string | undefined): Place[] {
  return set === undefined ? [] : [{ file: '--set', line: 0, column: 0, text: set }];
}

/** `margin.mean`, `groups[1]`, `teachers["a.b"]`. Undefined for a default. */
function partNamed(value: Located, path: string): Located | undefined {
  // `options.model/model.onnx.data`: what belongs to a file is written where the file is.
  if (path === '' || (value.kind === 'scalar' && path.startsWith('/'))) return value;
  if (value.kind === 'list') {
    const [all, index] = /^\[(\d+)\]\.?/.exec(path) ?? [];
    const item = all === undefined ? undefined : value.items[Number(index)];
    return item && partNamed(item, path.slice(all!.length));
  }
  if (value.kind !== 'map') return undefined;
  for (const [key, entry] of value.entries) {
    for (const name of memberNames('', key)) {
      if (!path.startsWith(name)) continue;
      const rest = path.slice(name.length);
      if (rest !== '' && !/^[.[/]/.test(rest)) continue;
      const found = partNamed(entry.value, rest.replace(/^\./, ''));
      if (found) return found;
    }
  }
  return undefined;
}
