import { AUTO } from '../../family';
import { leavesOf } from '../../kit/schema-parts';
import type { OptionsSchema } from '../../stage';
import type { Members } from './stage-code';

/**
 * The members of families that options name, at any depth: the values whose schema has `family`. A family of which some option leaves the member
 * open is left out, so that all of its members count.
 */
export function namedMembers(schema: OptionsSchema, options: Readonly<Record<string, unknown>>): Members {
  const named = new Map<string, Set<string>>();
  const open = new Set<string>();
  for (const { schema: of, value } of leavesOf(schema as never, options)) {
    const { family } = of;
    if (typeof family !== 'string' || typeof value !== 'string') continue;
    if (value === AUTO) open.add(family);
    named.set(family, (named.get(family) ?? new Set<string>()).add(value));
  }
  return Object.fromEntries(
    [...named].filter(([family]) => !open.has(family)).map(([family, names]) => [family, [...names].sort()]),
  );
}
