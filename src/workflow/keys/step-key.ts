import type { KeyLeaves } from '../store/actions/action';
import type { InputRecord } from '../store/objects/manifest';
import type { CheckedStep } from '../configuration/checked-pipeline';
import type { Companion, CompanionsOf } from '../inputs/companions';
import type { Json, OptionSchema } from '../../stage';
import { canonicalJson } from '../../kit/text/canonical-json';
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
 * paths, log level or number of stages at once. ARCHITECTURE.md has the reason of every leaf.
 */
export function keyLeaves({ step, inputs, externals, named = namedPaths(step), program }: KeyParts): KeyLeaves {
  const { stage, options } = step;
  const leaves: Record<string, Json> = { format: KEY_FORMAT, stage: stage.name, version: stage.version };
  const paths = pathOptions(step);
  for (const [name, value] of Object.entries(options)) if (!paths.has(name)) flatten(`options.${name}`, value, leaves);
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
    // An artifact that points to files is wrong for equal files that lie elsewhere.
    for (const [name, list] of paths) list.forEach((path, i) => (leaves[`location.${name}[${i}]`] = path));
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

/** Absolute paths by `input-path` option; options that are not set are left out. */
export function pathOptions({ stage, options }: CheckedStep): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const [name, schema] of Object.entries(stage.options.properties)) {
    if (!isPath(schema)) continue;
    const value = options[name];
    const list = (Array.isArray(value) ? value : [value]).filter(item => typeof item === 'string' && item !== '');
    if (list.length > 0) paths.set(name, list as string[]);
  }
  return paths;
}

/** A file or folder outside the store that an option names, with what belongs to it. */
export interface NamedPath {
  readonly option: string;
  /** Name of the option; of an item of a list, `folders[1]`. */
  readonly leaf: string;
  /** Absolute. */
  readonly path: string;
  readonly companions: readonly Companion[];
}

/** Everything outside the store that a step reads. Throws what `companionsOf` throws. */
export function namedPaths(step: CheckedStep, companionsOf?: CompanionsOf): NamedPath[] {
  return [...pathOptions(step)].flatMap(([option, list]) => {
    const isList = Array.isArray(step.options[option]);
    return list.map((path, i) => {
      const companions = companionsOf?.(step.stage, option, path) ?? [];
      return { option, leaf: `${option}${isList ? `[${i}]` : ''}`, path, companions };
    });
  });
}

/** A path, or a list of them. */
function isPath(schema: OptionSchema): boolean {
  return schema.format === 'input-path' || (schema.items as { format?: unknown } | undefined)?.format === 'input-path';
}

/** One leaf for each scalar, so that a comparison of two keys names the very option; an empty list or map is a leaf, too. */
function flatten(name: string, value: Json, leaves: Record<string, Json>): void {
  const members: [string, Json][] = Array.isArray(value)
    ? value.map((item: Json, i) => [`${name}[${i}]`, item])
    : value !== null && typeof value === 'object'
      ? Object.entries(value).map(([key, member]) => [`${name}.${key}`, member])
      : [];
  if (members.length === 0) leaves[name] = value;
  for (const [path, member] of members) flatten(path, member, leaves);
}

/** Sorted by port, because the order in which a file names ports means nothing; the order within a port does. */
function groupByPort(inputs: readonly InputRecord[]): [string, InputRecord[]][] {
  const ports = [...new Set(inputs.map(input => input.port))].sort();
  return ports.map(port => [port, inputs.filter(input => input.port === port)]);
}
