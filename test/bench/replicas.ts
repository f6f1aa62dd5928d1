/**
 * Whole training steps with one replica and with several, in turn in one process: images a second of each, and how much faster.
 * node -r ./test/helpers/register-typescript.js test/bench/replicas.ts mobilefacenet iresnet18 --engine=wasm --replicas=2 --batch=64 \
 *   --steps=4 --rounds=2
 */
import { startEngine } from '../../src/learning/engines/start-engine';
import type { EngineName } from '../../src/learning/engines';
import type { Tf } from '../../src/learning/engines/engine';
import { seededRandom } from '../../src/kit/math/random';
import { countMultiplyAdds, type Backbone } from '../../src/learning/networks';
import { studentNow } from '../helpers/families';
import type { Batch } from '../../src/learning/training/batch';
import { createLearner, disposeLearner } from '../../src/learning/training/learner';
import type { Recipe } from '../../src/learning/training/recipe';
import { trainReplicas } from '../../src/learning/training/replicas/train-replicas';
import { BENCH_RECIPE } from './recipe';
import { readOption, readText, readWords } from './options';

const CLASSES = 1000;
const WARM_UP = 2;
const ENGINE = (readText('engine') ?? 'wasm') as EngineName;
const BATCH = readOption('batch', 64);
const STEPS = readOption('steps', 4);
const ROUNDS = readOption('rounds', 2);
const COUNTS = [1, readOption('replicas', 2)];
const RECIPE: Recipe = { ...BENCH_RECIPE, batch: BATCH };

void main();

async function main(): Promise<void> {
  const tf = await startEngine(ENGINE);
  for (const name of readWords(['tiny', 'small', 'mobilefacenet', 'iresnet18'])) {
    const backbone = studentNow(name);
    const steps = COUNTS.map((): Step[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, replicas] of COUNTS.entries()) steps[i]!.push(...(await measure(tf, backbone, replicas)));
    }
    const best = steps.map(of => Math.min(...of.map(({ wall }) => wall)));
    for (const [i, replicas] of COUNTS.entries()) {
      const result = {
        student: name,
        engine: ENGINE,
        batch: BATCH,
        replicas,
        best_images_per_s: perSecond(best[i]!),
        median_images_per_s: perSecond(median(steps[i]!.map(({ wall }) => wall))),
        gflop_per_s: Number(((6 * countMultiplyAdds(backbone) * BATCH) / best[i]! / 1e6).toFixed(1)),
        cpu_ms_per_step: Math.round(Math.min(...steps[i]!.map(({ cpu }) => cpu))),
        speed_up: Number((best[0]! / best[i]!).toFixed(2)),
        last_loss: steps[i]!.at(-1)!.loss,
      };
      process.stdout.write(`${JSON.stringify(result)}\n`);
    }
  }
}

interface Step {
  /** Milliseconds on the clock, and of all threads together. */
  readonly wall: number;
  readonly cpu: number;
  readonly loss: number;
}

async function measure(tf: Tf, backbone: Backbone, replicas: number): Promise<Step[]> {
  const learner = createLearner(tf, backbone, CLASSES, RECIPE);
  const input = {
    batches: () => noise(backbone),
    stepsAnEpoch: STEPS + WARM_UP,
    describe: () => Promise.resolve('noise'),
  };
  const steps: Step[] = [];
  let before = times();
  for await (const { step, loss } of trainReplicas(tf, learner, RECIPE, input, { engine: ENGINE, replicas })) {
    const now = times();
    if (step > WARM_UP) steps.push({ wall: now.wall - before.wall, cpu: now.cpu - before.cpu, loss });
    before = times();
  }
  disposeLearner(tf, learner);
  return steps;
}

async function* noise({ inputSize, embeddingSize }: Backbone): AsyncGenerator<Batch> {
  const random = seededRandom(1, 'bench');
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random.uniform() - 1);
  const made: Batch = {
    count: BATCH,
    pixels: values(BATCH * inputSize ** 2 * 3),
    labels: Int32Array.from({ length: BATCH }, () => random.integer(CLASSES)),
    teacher: values(BATCH * embeddingSize),
    samples: new Uint32Array(BATCH),
    mirrored: new Uint8Array(BATCH),
  };
  for (let step = 0; step < STEPS + WARM_UP; step++) yield await Promise.resolve(made);
}

function times(): { wall: number; cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1000 };
}

function perSecond(milliseconds: number): number {
  return Number(((1000 * BATCH) / milliseconds).toFixed(1));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
