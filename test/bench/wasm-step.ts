/**
 * Arithmetic of whole training steps over their time, on one engine (wasm unless told):
 * node -r ./test/helpers/register-typescript.js test/bench/wasm-step.ts [--engine=wasm] [--steps=5] [--kernels] [backbone:batch …]
 */
import { startEngine, type EngineName, type Tf } from '../../src/engines';
import { seededRandom } from '../../src/math/random';
import { countMultiplyAdds, type Backbone } from '../../src/networks';
import { findStudent } from '../../src/students';
import type { Batch } from '../../src/training/batch';
import { createLearner, disposeLearner } from '../../src/training/learner';
import { train } from '../../src/training/loop';
import type { Recipe } from '../../src/training/recipe';
import { profileKernels } from './profile-kernels';

const CLASSES = 320;
const DEFAULTS = ['iresnet18:16', 'mobilefacenet:32', 'small:64', 'tiny:64'];
const RECIPE: Omit<Recipe, 'batch'> = {
  epochs: 1,
  learningRate: 0.05,
  milestones: [],
  gamma: 0.1,
  momentum: 0.9,
  weightDecay: 5e-4,
  margin: { mean: 0.5, std: 0.05 },
  scale: 64,
  identityWeight: 1,
  distillation: { weight: 10000, reduction: 'mean' },
  flip: false,
  seed: 1,
};

void main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<void> {
  const option = (name: string): string | undefined =>
    args.find(arg => arg.startsWith(`--${name}`))?.replace(/^--\w+=?/, '');
  const tf = await startEngine((option('engine') ?? 'wasm') as EngineName);
  const named = args.filter(arg => !arg.startsWith('--'));
  for (const work of named.length > 0 ? named : DEFAULTS) {
    const [name, batch] = work.split(':');
    await measure(tf, findStudent(name!), Number(batch), Number(option('steps') ?? 5), option('kernels') !== undefined);
  }
}

/** The first step is not counted: it compiles. */
async function measure(tf: Tf, backbone: Backbone, batch: number, steps: number, kernels: boolean): Promise<void> {
  const learner = createLearner(tf, backbone, CLASSES, 1);
  const input = { batches: () => batches(backbone, batch, steps + 1), describe: () => Promise.resolve('drawn noise') };
  const [wall, cpu, losses]: [number[], number[], number[]] = [[], [], []];
  let before = times();
  const held: { tensors: number; heap: number }[] = [];
  let profile: ReturnType<typeof profileKernels> | undefined;
  for await (const { loss, step } of train(tf, learner, { ...RECIPE, batch }, input)) {
    const now = times();
    losses.push(loss);
    if (step > 1) {
      wall.push(now.wall - before.wall);
      cpu.push(now.cpu - before.cpu);
    } else if (kernels) {
      profile = profileKernels(tf);
    }
    held.push({ tensors: tf.memory().numTensors, heap: heapOf(tf) });
    before = times();
  }
  disposeLearner(tf, learner);
  const flop = 6 * countMultiplyAdds(backbone) * batch;
  const [bestWall, bestCpu] = [Math.min(...wall), Math.min(...cpu)];
  write(
    `${backbone.name} batch ${batch}: ${(flop / bestCpu / 1e6).toFixed(1)} GFLOP/s of CPU time, ` +
      `${(flop / bestWall / 1e6).toFixed(1)} of wall time, ${((batch / bestWall) * 1000).toFixed(1)} images/s ` +
      `(least of ${steps} steps: ${bestCpu.toFixed(0)} ms CPU, ${bestWall.toFixed(0)} ms wall; losses ${losses[0]!.toFixed(4)} to ` +
      `${losses.at(-1)!.toFixed(4)}); after the first step ${inWords(held[0]!)}, after the last ${inWords(held.at(-1)!)}`,
  );
  for (const line of profile?.stop(steps) ?? []) write(line);
}

/** Octets of the heap of the wasm engine, 0 on others. */
function heapOf(tf: Tf): number {
  const { wasm } = tf.backend() as unknown as { wasm?: { HEAPU8: Uint8Array } };
  return wasm?.HEAPU8.length ?? 0;
}

function inWords({ tensors, heap }: { tensors: number; heap: number }): string {
  return `${tensors} tensors, ${(heap / 1e6).toFixed(0)} MB of heap`;
}

function* noise(backbone: Backbone, batch: number, step: number): Generator<Batch> {
  const random = seededRandom(1, 'bench', step);
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random.uniform() - 1);
  yield {
    count: batch,
    pixels: values(batch * backbone.inputSize ** 2 * 3),
    labels: Int32Array.from({ length: batch }, () => random.integer(CLASSES)),
    teacher: values(batch * backbone.embeddingSize),
    samples: new Uint32Array(batch),
    mirrored: new Uint8Array(batch),
  };
}

/** Made in advance, or their making would be counted. */
async function* batches(backbone: Backbone, batch: number, steps: number): AsyncGenerator<Batch> {
  const made = Array.from({ length: steps }, (_, step) => [...noise(backbone, batch, step)]).flat();
  yield* await Promise.resolve(made);
}

/** Milliseconds. */
function times(): { wall: number; cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
