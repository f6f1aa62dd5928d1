import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../../src/learning/engines/engine';

/** Measures the time inside each kernel of the backend in use, less that of the kernels that it calls, until stopped. */
export function profileKernels(tf: Tf) {
  const backendName = tf.getBackend();
  const spent = new Map<string, { ms: number; calls: number }>();
  const started = performance.now();
  let inner = 0;
  const kernels = tf.getKernelsForBackend(backendName);
  const replace = (kernelName: string, kernelFunc: KernelFunc): void => {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  };
  for (const { kernelName, kernelFunc } of kernels) {
    replace(kernelName, params => {
      const [outer, start] = [inner, performance.now()];
      inner = 0;
      const result = kernelFunc(params);
      const total = performance.now() - start;
      const known = spent.get(kernelName) ?? { ms: 0, calls: 0 };
      spent.set(kernelName, { ms: known.ms + total - inner, calls: known.calls + 1 });
      inner = outer + total;
      return result;
    });
  }
  return {
    /** Puts the kernels back; lines of text, the slowest kernel first. */
    stop(steps: number): string[] {
      const total = (performance.now() - started) / steps;
      for (const { kernelName, kernelFunc } of kernels) replace(kernelName, kernelFunc);
      const rows = [...spent].sort(([, a], [, b]) => b.ms - a.ms);
      const inside = rows.reduce((sum, [, { ms }]) => sum + ms / steps, 0);
      const line = (name: string, ms: number, calls: number): string =>
        `  ${name.padEnd(40)} ${ms.toFixed(1).padStart(8)} ms ${((100 * ms) / total).toFixed(1).padStart(5)} % ${calls} calls`;
      return [
        ...rows.slice(0, 24).map(([name, { ms, calls }]) => line(name, ms / steps, calls / steps)),
        line('outside of kernels', total - inside, 0),
      ];
    },
  };
}
