import { availableParallelism, cpus, totalmem } from 'node:os';
import type { CheckedPipeline } from '../configuration/checked-pipeline';
import { sha256Text } from '../../kit/files/sha256';

export interface Environment {
  readonly platform: string;
  readonly node: string;
  readonly cpu: string;
  /** That this process may use. */
  readonly cores: number;
  /** Bytes of the machine. */
  readonly memory: number;
  readonly engine: string;
  /** By package. */
  readonly versions: Readonly<Record<string, string>>;
  /**
   * Digests of the variables that stages of the pipeline declare, as in the keys. Values may be passwords, because a stage gets them in no other way;
   * names of other variables are private.
   */
  readonly variables: Readonly<Record<string, string>>;
}

export interface EnvironmentParts {
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
}

/** Where a run takes place. */
export function describeEnvironment({ steps }: CheckedPipeline, { engine, versions }: EnvironmentParts): Environment {
  return {
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory: totalmem(),
    engine,
    versions,
    variables: Object.fromEntries(
      steps.flatMap(step => Object.entries(step.env).map(([name, value]) => [name, `sha256:${sha256Text(value)}`])),
    ),
  };
}
