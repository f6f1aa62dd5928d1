import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';
import type { BatchStatistics } from '../networks';
import { STATISTICS_MOMENTUM } from './recipe';

/** running = (1 - momentum) * running + momentum * of the batch (PyTorch's convention). Disposes the batch's statistics. */
export function updateRunningStatistics(
  tf: Tf,
  parameters: Map<string, Tensor>,
  statistics: ReadonlyMap<string, BatchStatistics>,
): void {
  for (const [layer, found] of statistics) {
    for (const kind of ['mean', 'variance'] as const) {
      const name = `${layer}/${kind}`;
      const running = parameters.get(name)!;
      const moved = tf.tidy(() =>
        tf.add(tf.mul(running, 1 - STATISTICS_MOMENTUM), tf.mul(found[kind], STATISTICS_MOMENTUM)),
      );
      parameters.set(name, moved);
      tf.dispose([running, found[kind]]);
    }
  }
}
