import type { OptionSchema } from '../stage';
import { canonicalJson } from '../util/canonical-json';
import { sha256Text } from '../util/sha256';
import type { InputRecord } from '../artifacts/manifest';
import type { CheckedStep } from '../configuration/checked-pipeline';

/** Raise it when the engine writes artifacts in another way. */
const KEY_FORMAT = 1;

export interface KeyParts {
  readonly step: CheckedStep;
  readonly inputs: readonly InputRecord[];
  /** Content digest by absolute path of each `input-path` option. */
  readonly externals: ReadonlyMap<string, string>;
  /** Resolved name of the training engine. */
  readonly engine: string;
}

/**
 * Key of a step's artifact: 32 hexadecimal digits. Equal keys mean equal results, so everything that can change a result is in
 * it, and nothing else: no names of steps or pipelines, hosts, times, numbers of cores.
 */
export function stepKey(parts: KeyParts): string {
  return sha256Text(canonicalJson(keyContent(parts))).slice(0, 32);
}

/** What the key is made from. */
export function keyContent({ step, inputs, externals, engine }: KeyParts): object {
  const { stage, options } = step;
  const paths = pathOptions(step);
  const byPort = groupByPort(inputs);
  const replaced = [...paths].map(([option, list]) => [option, list.map(path => externals.get(path))]);
  return {
    // Artifacts of another format cannot be read.
    format: KEY_FORMAT,
    stage: stage.name,
    // The author of a stage raises it when the result would change.
    version: stage.version,
    options: { ...options, ...(Object.fromEntries(replaced) as object) },
    // Contents, not the keys of what made them: a stage whose new result equals the old one stops the change there.
    inputs: byPort.map(([port, records]) => ({ port, digests: records.map(record => record.digest) })),
    // Engines add floating-point numbers in different orders.
    ...(stage.usesEngine === true ? { engine } : {}),
    // An artifact that points to files is wrong for equal files that lie elsewhere.
    ...(stage.locationMatters === true
      ? {
          location: {
            options: Object.fromEntries(paths),
            inputs: byPort.map(([, records]) => records.map(record => record.key)),
          },
        }
      : {}),
  };
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

/** A path, or a list of them. */
function isPath(schema: OptionSchema): boolean {
  return schema.format === 'input-path' || (schema.items as { format?: unknown } | undefined)?.format === 'input-path';
}

/** Sorted by port, because the order in which a file names ports means nothing; the order within a port does. */
function groupByPort(inputs: readonly InputRecord[]): [string, InputRecord[]][] {
  const ports = [...new Set(inputs.map(input => input.port))].sort();
  return ports.map(port => [port, inputs.filter(input => input.port === port)]);
}
