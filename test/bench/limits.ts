/**
 * What the machine can do, on the engine's own kernels: products of large matrices, and passes over more memory than any cache holds.
 * npm run bench:limits -- [--threads=N]
 */
import { availableParallelism } from 'node:os';
import { startEngine } from '../../src/learning/engines/start-engine';
import type { Tf } from '../../src/learning/engines/engine';
import { PRECISIONS } from '../../src/learning/engines/engine';
import { readOption } from './options';

const SIDE = 2048;
const VALUES = 2 ** 26;
const ROUNDS = 7;

void main();

async function main(): Promise<void> {
  const threads = readOption('threads', availableParallelism());
  for (const precision of PRECISIONS) {
    const tf = await startEngine('onednn', { threads, precision });
    const [a, b] = [
      tf.randomUniform([SIDE, SIDE], -1, 1, 'float32', 1),
      tf.randomUniform([SIDE, SIDE], -1, 1, 'float32', 2),
    ];
    const seconds = fastest(tf, () => tf.matMul(a, b));
    process.stdout.write(`${precision}: ${((2 * SIDE ** 3) / seconds / 1e9).toFixed(0)} GFLOP/s\n`);
    tf.dispose([a, b]);
  }
  const tf = await startEngine('onednn', { threads });
  const x = tf.ones([VALUES]);
  const seconds = fastest(tf, () => tf.neg(x));
  process.stdout.write(`memory: ${((2 * 4 * VALUES) / seconds / 1e9).toFixed(1)} GB/s read and written\n`);
}

function fastest(tf: Tf, compute: () => object): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    tf.dispose(compute() as never);
    return (performance.now() - start) / 1000;
  });
  return Math.min(...times);
}
