import type { OptionsSchema } from '../../stage';
import type { Members } from './stage-code';

/** The members of families that options name: the values of options whose schema has `family`. */
export function namedMembers(schema: OptionsSchema, options: Readonly<Record<string, unknown>>): Members {
  const named = new Map<string, Set<string>>();
  for (const [name, { family }] of Object.entries(schema.properties)) {
    if (typeof family !== 'string') continue;
    const value = options[name];
    const all = named.get(family) ?? new Set<string>();
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) if (typeof each === 'string') all.add(each);
    named.set(family, all);
  }
  return Object.fromEntries([...named].map(([family, names]) => [family, [...names].sort()]));
}
