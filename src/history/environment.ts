import { availableParallelism, cpus, totalmem } from 'node:os';
import type { CheckedPipeline } from '../configuration/checked-pipeline';

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
  /** Variables that stages of the pipeline declare. Any other is nobody's business: some hold passwords. */
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
    variables: Object.assign({}, ...steps.map(step => step.env)) as Record<string, string>,
  };
}
