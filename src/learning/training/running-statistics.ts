import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import type { BatchStatistics } from '../networks';
import { STATISTICS_MOMENTUM } from './recipe';

/**
 * running = (1 - momentum) * running + momentum * of the batch (PyTorch's convention): replaces parameters in the map, or changes
 * them in place. The batch's statistics stay the caller's.
 */
export function updateRunningStatistics(
  tf: Tf,
  parameters: Map<string, Tensor>,
  statistics: ReadonlyMap<string, BatchStatistics>,
): void {
  const updates = [...statistics].flatMap(([layer, { mean, variance }]) => [
    { name: `${layer}/mean`, latest: mean },
    { name: `${layer}/variance`, latest: variance },
  ]);
  const present = updates.map(({ name }) => parameters.get(name)!);
  if (hasFused(tf, 'movingAverage')) {
    runFused(tf, 'movingAverage', [...present, ...updates.map(({ latest }) => latest)], { share: STATISTICS_MOMENTUM });
    return;
  }
  for (const [i, { name, latest }] of updates.entries()) {
    const moved = tf.tidy(() =>
      tf.add(tf.mul(present[i]!, 1 - STATISTICS_MOMENTUM), tf.mul(latest, STATISTICS_MOMENTUM)),
    );
    parameters.set(name, moved);
    tf.dispose(present[i]!);
  }
}
