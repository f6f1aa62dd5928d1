import { branchOf, itemsOf, memberOf, tagOf, type Pointer, type Schema } from '../../../kit/schema-parts';
import { schemaPlaces } from '../../../kit/schema-places';
import { optionName } from '../../../kit/text/leaf-name';
import { alternatives, quote } from '../../../kit/text/quote';
import type { AnyStage } from '../../../stage';
import { tagIn, type Entry, type Located, type LocatedMap } from '../read/located';
import type { Scope } from './expression';
import { countValue, interpolate } from './interpolate';

/**
 * Replaces the expressions in the options of a stage. Secrets are for those that say that they take them: what a stage publishes is read by
 * later runs, and these know only what secrets are then, not what one was before it was changed.
 */
export function interpolateOptions(map: LocatedMap, stage: AnyStage | undefined, scope: Scope): LocatedMap {
  const properties = stage?.options.properties ?? {};
  const entries = [...map.entries].map(([name, { key, value }]) => {
    // Unknown options are reported elsewhere.
    const isKnown = stage !== undefined && Object.hasOwn(properties, name);
    const interpolated = isKnown
      ? interpolateAlong(value, { schema: properties[name] as Schema, pointer: [name], stage }, scope)
      : interpolate(value, { ...scope, takesSecrets: true });
    return [name, { key, value: interpolated }] as const;
  });
  return { ...map, entries: new Map(entries) };
}

interface Place {
  readonly schema: Schema;
  readonly pointer: Pointer;
  readonly stage: AnyStage;
}

function interpolateAlong(value: Located, place: Place, scope: Scope): Located {
  const { schema, pointer, stage } = place;
  if (isSecret(schema)) return interpolate(value, { ...scope, takesSecrets: true });
  const holdsSecrets = [...schemaPlaces(schema)].some(inside => isSecret(inside.schema));
  if (value.kind === 'scalar' || !holdsSecrets)
    return interpolate(value, { ...scope, takesSecrets: whyNoSecrets(stage, pointer) });
  countValue(value, scope);
  const inside = (step: string | number, part: Located, described: Schema = {}) =>
    interpolateAlong(part, { schema: described, pointer: [...pointer, step], stage }, scope);
  if (value.kind === 'list') return { ...value, items: value.items.map((item, i) => inside(i, item, itemsOf(schema))) };
  return interpolateBranch(value, schema, inside);
}

/** The tag comes first: it determines what the others are. */
function interpolateBranch(
  map: LocatedMap,
  schema: Schema,
  inside: (name: string, part: Located, described: Schema | undefined) => Located,
): LocatedMap {
  const tag = tagOf(schema);
  const told = tag === undefined ? undefined : map.entries.get(tag);
  const entries = new Map<string, Entry>(map.entries);
  if (told) entries.set(tag!, { ...told, value: inside(tag!, told.value, undefined) });
  const branch = branchOf(schema, tagIn({ ...map, entries }));
  for (const [name, entry] of map.entries) {
    if (name !== tag) entries.set(name, { ...entry, value: inside(name, entry.value, memberOf(branch, name)) });
  }
  return { ...map, entries };
}

function whyNoSecrets({ name: stage, options }: AnyStage, pointer: Pointer): string {
  const taking = [...schemaPlaces(options as never)].filter(({ schema }) => isSecret(schema));
  const names = [...new Set(taking.map(({ place }) => place))];
  const others = names.length === 0 ? `no option of ${stage} may` : `of ${stage}, ${alternatives(names, 'and')} may`;
  return (
    `option ${quote(optionName(pointer))} of ${stage} may not hold secrets, because its value may stand in results and logs; ${others}. ` +
    'Write the text itself, or ${env:NAME} for a variable that anybody may see'
  );
}

function isSecret(schema: Schema): boolean {
  return schema['format'] === 'secret';
}
