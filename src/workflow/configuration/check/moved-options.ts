import { alternatives } from '../../../kit/text/quote';
import type { AnyStage, Json } from '../../../stage';
import { toJson, type Located, type LocatedMap } from '../read/located';
import type { Problem } from '../read/problem';

/** Options of an earlier version that a step has, and what is written for all of them now. */
export interface Moved {
  /** At least one; in the order of the file. */
  readonly names: readonly string[];
  readonly now: string;
}

/** The options that have moved together with the named one, itself among them; undefined for one that has not. */
export function movedOptions(name: string, stage: AnyStage, values: LocatedMap): Moved | undefined {
  const moved = stage.movedOptions?.find(({ names }) => names.includes(name));
  if (!moved) return undefined;
  const given = [...values.entries].filter(([each]) => moved.names.includes(each));
  return {
    names: given.map(([each]) => each),
    now: moved.now(Object.fromEntries(given.map(([each, { value }]) => [each, sharedValue(value)]))),
  };
}

/** One for all of them, at the first. */
export function movedProblem({ names, now }: Moved, stage: AnyStage, { entries }: LocatedMap): Problem {
  const [options, are] = names.length === 1 ? ['option', 'it is'] : ['options', 'they are'];
  const message = `Unknown ${options} ${alternatives(names, 'and')} of ${stage.name}: ${are} now written as \`${now}\``;
  return { code: 'unknown-option', message, span: entries.get(names[0]!)!.key };
}

/** A value without what the cells of a matrix do not share, so that they all get one answer. */
function sharedValue(value: Located): Json {
  if (value.broken || value.origins?.some(({ name }) => name.startsWith('matrix.'))) return '…';
  if (value.kind === 'list') return value.items.map(sharedValue);
  if (value.kind === 'scalar') return toJson(value);
  return Object.fromEntries([...value.entries].map(([name, entry]) => [name, sharedValue(entry.value)]));
}
