import { EXIT, UserError } from '../../errors';
import type { CheckedStep, Resources } from '../configuration/checked-pipeline';
import { formatBytesApart } from '../../kit/text/human';

/** What a run may use at once. */
export interface Capacity {
  /** Stages. */
  readonly jobs: number;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** Names of devices, as `CUDA_VISIBLE_DEVICES` has them. */
  readonly gpus: readonly string[];
}

/** What a step got. */
export interface Grant {
  /** Cores for the stage to use. Never changes a result. */
  readonly cores: number;
  readonly gpus: readonly string[];
}

/** Hands out what a machine has. */
export interface Slots {
  /** Undefined when there is not enough left. `waiting` is how many others could start now. */
  take(demand: Resources, waiting: number): Grant | undefined;
  giveBack(demand: Resources, grant: Grant): void;
}

/**
 * Declared cores, memory and devices are exclusive. A stage that declares no cores shares what nobody has declared with those beside it: it gets its
 * part, at least one core, so that a stage that mostly waits for the disk never holds up others.
 */
export function createSlots({ jobs, cores, memory, gpus }: Capacity): Slots {
  const free = { jobs, cores, memory };
  const freeGpus = [...gpus];
  let sharing = 0;
  return {
    take: (demand, waiting) => {
      const { cpu = 0, memory: bytes = 0, gpu = 0 } = demand;
      if (free.jobs < 1 || free.cores < cpu || free.memory < bytes || freeGpus.length < gpu) return undefined;
      free.jobs--;
      free.cores -= cpu;
      free.memory -= bytes;
      if (cpu === 0) sharing++;
      const beside = Math.min(waiting, free.jobs) + sharing;
      const share = Math.max(1, Math.floor(free.cores / Math.max(1, beside)));
      return { cores: cpu === 0 ? share : cpu, gpus: freeGpus.splice(0, gpu) };
    },
    giveBack: ({ cpu = 0, memory: bytes = 0 }, grant) => {
      free.jobs++;
      free.cores += cpu;
      free.memory += bytes;
      if (cpu === 0) sharing--;
      freeGpus.push(...grant.gpus);
      freeGpus.sort((a, b) => gpus.indexOf(a) - gpus.indexOf(b));
    },
  };
}

/** Throws UserError `too-few-resources` for a step that could never start. */
export function assertFits(step: CheckedStep, { cpu = 0, memory = 0, gpu = 0 }: Resources, capacity: Capacity): void {
  const { file, line, column } = step.place;
  const lacks = [
    ...(cpu > capacity.cores ? [`${cpu} cores, but there are ${capacity.cores}`] : []),
    ...(memory > capacity.memory ? [formatBytesApart(memory, capacity.memory).join(' of memory, but there are ')] : []),
    ...(gpu > capacity.gpus.length
      ? [`${gpu} GPUs, but this machine shows ${capacity.gpus.length} (CUDA_VISIBLE_DEVICES can hide some)`]
      : []),
  ];
  if (lacks.length === 0) return;
  throw new UserError(`${file}:${line}:${column} Stage "${step.id}" needs ${lacks.join('; ')}: lower its "resources"`, {
    code: 'too-few-resources',
    exit: EXIT.configuration,
  });
}
