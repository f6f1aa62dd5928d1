import type { Engine } from '../../learning/engines/engine';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { CheckedStep, Resources } from '../../workflow/configuration/checked-pipeline';
import type { Capacity } from '../../workflow/run/slots';
import { usableMemory } from './describe-machine';

const MOST_JOBS = 4;

/** What a run may use of this machine at once. */
export function machineCapacity(jobs: number | undefined, env: Readonly<Record<string, string | undefined>>): Capacity {
  const cores = availableParallelism();
  return { jobs: jobs ?? Math.min(MOST_JOBS, cores), cores, memory: usableMemory(), gpus: gpuNames(env) };
}

/** Of the memory that there is; the rest is for the system, and for what a process takes before it is noticed. */
const MEMORY_SHARE = 0.9;

/** Bytes that a run and its stages may use together. */
export function memoryForRun({ memory }: Capacity): number {
  return Math.floor(MEMORY_SHARE * memory);
}

/** Those that `CUDA_VISIBLE_DEVICES` leaves, or all that NVIDIA's driver lists. */
function gpuNames({ CUDA_VISIBLE_DEVICES: visible }: Readonly<Record<string, string | undefined>>): string[] {
  if (visible !== undefined) return visible.split(',').filter(name => name.trim() !== '' && name.trim() !== '-1');
  try {
    return readdirSync('/proc/driver/nvidia/gpus').map((_, index) => String(index));
  } catch {
    return [];
  }
}

/**
 * What a step takes that declares nothing. Training keeps its cores busy from the first to the last step: two beside each other on the same cores
 * are slower than one after the other, and an engine whose sums depend on the number of threads must always be given the same.
 */
export function usualDemand(
  { stage, options }: CheckedStep,
  occupies: Engine['occupies'] | undefined,
  { cores, gpus }: Capacity,
): Resources {
  if (stage.usesEngine !== true) return {};
  if (occupies === 'gpu') return gpus.length > 0 ? { gpu: 1 } : { cpu: cores };
  if (occupies === 'cores') return { cpu: cores };
  const { replicas } = options;
  return { cpu: Math.min(cores, typeof replicas === 'number' ? replicas : 1) };
}
