import type { InputRecord, KeyLeaves } from '../store';
import type { CheckedStep } from '../configuration/checked-pipeline';
import type { Companion, CompanionsOf } from '../inputs/companions';
import { givenPaths, type PathOption } from '../inputs/path-options';
import type { Json } from '../../stage';
import { canonicalJson } from '../../kit/text/canonical-json';
import { memberName } from '../../kit/text/leaf-name';
import { sha256Text } from '../../kit/files/sha256';

/** Raise it when the engine writes artifacts in another way. */
const KEY_FORMAT = 2;

export interface KeyParts {
  readonly step: CheckedStep;
  readonly inputs: readonly InputRecord[];
  /** Content digest by absolute path of each `input-path` option, and of what belongs to it. */
  readonly externals: ReadonlyMap<string, string>;
  readonly named?: readonly NamedPath[];
  /** Digest of the code that the stage runs: `code`; and what of the runtime can change its result: `runtime.node`, `runtime.engine`. */
  readonly program: KeyLeaves;
}

/**
 * What a step's key is made of. Everything that can change a result is in it, and nothing else: no names of steps or pipelines, hosts, times,
 * paths, log level or number of stages at once. docs/key.md has the reason of every leaf.
 */
export function keyLeaves({ step, inputs, externals, named = namedPaths(step), program }: KeyParts): KeyLeaves {
  const { stage, options } = step;
  const leaves: Record<string, Json> = { format: KEY_FORMAT, stage: stage.name, version: stage.version };
  const paths = givenPaths(step);
  const outside = new Set(paths.map(({ leaf }) => leaf));
  for (const [name, value] of scalars('', options)) if (!outside.has(name)) leaves[`options.${name}`] = value;
  for (const { leaf, path, companions } of named) {
    leaves[`options.${leaf}`] = externals.get(path) ?? '';
    for (const companion of companions) {
      leaves[`options.${leaf}/${companion.name}`] = externals.get(companion.path) ?? '';
    }
  }
  for (const [port, records] of groupByPort(inputs)) {
    // Contents, not the keys of what made them: a stage whose new result equals the old one stops the change there.
    records.forEach(({ digest }, i) => (leaves[`inputs.${port}[${i}]`] = digest));
  }
  for (const [name, value] of Object.entries(step.env)) leaves[`env.${name}`] = `sha256:${sha256Text(value)}`;
  Object.assign(leaves, program);
  if (stage.locationMatters === true) {
    // An artifact with paths of files is wrong for equal files elsewhere.
    const counts = new Map<string, number>();
    for (const { name, path } of paths) {
      const index = counts.get(name) ?? 0;
      leaves[`location.${name}[${index}]`] = path;
      counts.set(name, index + 1);
    }
    for (const [port, records] of groupByPort(inputs)) {
      records.forEach(({ object }, i) => (leaves[`location.${port}[${i}]`] = object));
    }
  }
  return leaves;
}

/** Key of a step's artifact: 32 hexadecimal digits. Equal keys mean equal results. */
export function keyOf(leaves: KeyLeaves): string {
  return sha256Text(canonicalJson(leaves)).slice(0, 32);
}

/** A file or folder outside the store that an option names, with what belongs to it. */
export interface NamedPath extends PathOption {
  readonly companions: readonly Companion[];
}

/** Everything outside the store that a step reads. Throws what `companionsOf` throws. */
export function namedPaths(step: CheckedStep, companionsOf?: CompanionsOf): NamedPath[] {
  return givenPaths(step).map(named => ({
    ...named,
    companions: companionsOf?.(step.stage, named.option, named.path) ?? [],
  }));
}

/** One leaf for each scalar, so that a comparison of two keys names the very option; an empty list or map is a leaf, too. */
function* scalars(name: string, value: Json): Generator<[string, Json]> {
  const members: [string | number, Json][] = Array.isArray(value)
    ? [...(value as readonly Json[]).entries()]
    : value !== null && typeof value === 'object'
      ? Object.entries(value)
      : [];
  // No option at all is no leaf.
  if (members.length === 0 && name !== '') yield [name, value];
  for (const [step, member] of members) yield* scalars(memberName(name, step), member);
}

/** Sorted by port, because the order in which a file names ports means nothing; the order within a port does. */
function groupByPort(inputs: readonly InputRecord[]): [string, InputRecord[]][] {
  const ports = [...new Set(inputs.map(input => input.port))].sort();
  return ports.map(port => [port, inputs.filter(input => input.port === port)]);
}
