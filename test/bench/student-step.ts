/**
 * One distillation step of a student, after it: images a second and peak memory as one line of JSON. The shape of a step is that of
 * training (src/learning/training/loop.ts): 1,000 identities, a teacher's embeddings, clipping, SGD; the batches are noise made in advance.
 * node -r ./test/helpers/register-typescript.js test/bench/student-step.ts mobilefacenet --engine=onednn --precision=bf16 --batch=64 \
 *   --steps=6 --threads=2 [--profile] [--kernels]
 * --profile: time by kind of layer (onednn), with --layers by layer; --kernels: time by kernel of tfjs.
 */
import { availableParallelism } from 'node:os';
import { startEngine } from '../../src/learning/engines/start-engine';
import type { EngineName } from '../../src/learning/engines';
import type { Precision, Tf } from '../../src/learning/engines/engine';
import { loadAddon } from '../../src/learning/engines/onednn/addon';
import { networkProfile, type NetworkProfile } from '../../src/learning/engines/onednn/network';
import { seededRandom } from '../../src/kit/math/random';
import { countMultiplyAdds, type Backbone } from '../../src/learning/networks';
import { studentNow } from '../helpers/families';
import type { Batch } from '../../src/learning/training/batch';
import { createLearner, disposeLearner } from '../../src/learning/training/learner';
import { train } from '../../src/learning/training/loop';
import { profileKernels } from './profile-kernels';
import { BENCH_RECIPE } from './recipe';
import { readOption, readText } from './options';

const CLASSES = 1000;
const WARM_UP = 2;

void main();

async function main(): Promise<void> {
  const backbone = studentNow(process.argv[2] ?? 'mobilefacenet');
  const engine = (readText('engine') ?? 'onednn') as EngineName;
  const precision = (readText('precision') ?? 'f32') as Precision;
  const threads = readOption('threads', availableParallelism());
  const [batch, steps] = [readOption('batch', 64), readOption('steps', 6)];
  const tf = await startEngine(engine, { threads, precision });
  const { wall, cpu, kernels, warm } = await measure(tf, backbone, batch, steps);
  const perSecond = (milliseconds: number): number => Number(((1000 * batch) / milliseconds).toFixed(1));
  const result = {
    engine,
    student: backbone.name,
    precision,
    batch,
    threads,
    images_per_s: perSecond(median(wall)),
    best_images_per_s: perSecond(Math.min(...wall)),
    cpu_ms_per_step: Math.round(Math.min(...cpu)),
    gflop_per_s: Number(((6 * countMultiplyAdds(backbone) * batch) / median(wall) / 1e6).toFixed(1)),
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  for (const line of kernels) process.stdout.write(`${line}\n`);
  if (process.argv.includes('--profile')) printProfile(steps, warm);
}

/** Milliseconds of each step behind the warm-up: on the clock, and of all threads together. */
async function measure(tf: Tf, backbone: Backbone, batch: number, steps: number) {
  const learner = createLearner(tf, backbone, CLASSES, BENCH_RECIPE);
  const stepsAnEpoch = steps + WARM_UP;
  const batches = (): AsyncGenerator<Batch> => noise(backbone, batch, stepsAnEpoch);
  const input = { batches, stepsAnEpoch, describe: () => Promise.resolve('noise') };
  const [wall, cpu]: [number[], number[]] = [[], []];
  let before = times();
  let profile: ReturnType<typeof profileKernels> | undefined;
  let warm: NetworkProfile | undefined;
  for await (const { step } of train(tf, learner, { ...BENCH_RECIPE, batch }, input)) {
    const now = times();
    if (step > WARM_UP) {
      wall.push(now.wall - before.wall);
      cpu.push(now.cpu - before.cpu);
    }
    if (step === WARM_UP && process.argv.includes('--profile')) warm = networkProfile(loadAddon());
    if (step === WARM_UP && process.argv.includes('--kernels')) profile = profileKernels(tf);
    before = times();
  }
  const kernels = profile?.stop(steps) ?? [];
  disposeLearner(tf, learner);
  return { wall, cpu, kernels, warm };
}

/**
 * A step by kind of node. Memory is what has to move at least: forward every input and the output once; backward the output and its
 * gradient, and the input and its gradient.
 */
function printProfile(steps: number, warm: NetworkProfile | undefined): void {
  const profile = networkProfile(loadAddon());
  if (!profile || !warm) return;
  const rows = new Map<string, Row>();
  for (const [i, node] of profile.nodes.entries()) {
    const kind = node.op === 'conv' && /expand|project|head/.test(node.name) ? 'conv 1x1' : node.op;
    for (const key of [kind, 'whole backbone', ...(process.argv.includes('--layers') ? [node.name] : [])]) {
      const row = rows.get(key) ?? { forward: 0, backward: 0, operations: 0, inputs: 0, outputs: 0 };
      row.forward += ((node.forward - warm.nodes[i]!.forward) / steps) * 1000;
      row.backward += ((node.backward - warm.nodes[i]!.backward) / steps) * 1000;
      row.operations += node.operations;
      row.inputs += node.inputBytes;
      row.outputs += node.outputBytes;
      rows.set(key, row);
    }
  }
  process.stdout.write(`memory of the network ${(profile.bytes / 1e6).toFixed(0)} MB\n`);
  for (const [name, row] of rows) {
    const forward = inWords('forward', row.forward, row.operations, row.inputs + row.outputs);
    const backward = inWords('backward', row.backward, 2 * row.operations, 2 * (row.inputs + row.outputs));
    process.stdout.write(`${name.padEnd(24)} ${forward}, ${backward}\n`);
  }
}

interface Row {
  forward: number;
  backward: number;
  operations: number;
  inputs: number;
  outputs: number;
}

function inWords(pass: string, milliseconds: number, operations: number, bytes: number): string {
  const speed = (operations / milliseconds / 1e6).toFixed(0).padStart(4);
  const bandwidth = (bytes / milliseconds / 1e6).toFixed(1).padStart(5);
  return `${pass} ${milliseconds.toFixed(1).padStart(7)} ms ${speed} GFLOP/s ${bandwidth} GB/s`;
}

async function* noise(backbone: Backbone, batch: number, steps: number): AsyncGenerator<Batch> {
  const random = seededRandom(1, 'bench');
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random.uniform() - 1);
  const made: Batch = {
    count: batch,
    pixels: values(batch * backbone.inputSize ** 2 * 3),
    labels: Int32Array.from({ length: batch }, () => random.integer(CLASSES)),
    teacher: values(batch * backbone.embeddingSize),
    samples: new Uint32Array(batch),
    mirrored: new Uint8Array(batch),
  };
  for (let step = 0; step < steps; step++) yield await Promise.resolve(made);
}

function times(): { wall: number; cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
