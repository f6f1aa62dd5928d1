/**
 * Whether reading batches keeps up with training, over drawn noise in a temporary folder:
 * node -r ./test/helpers/register-typescript.js test/bench/loader.ts [--faces=20000] [--batch=64] [--rounds=5]
 *
 * First the loader by itself, then beside a consumer that computes on two cores and blocks the event loop, as an engine does: its
 * speed with batches that are read, over its speed with one batch that is there already. Rates are the best of the rounds.
 */
import { rm } from 'node:fs/promises';
import { readBatches, type BatchSource } from '../../src/learning/training/batches';
import type { Recipe } from '../../src/learning/training/recipe';
import { BASE_RECIPE, changed } from '../helpers/recipes';
import { drawnSource } from './drawn-source';
import { startLoad } from './load';
import { readOption } from './options';

/** Images a second of the imagined students. */
const CONSUMERS = [1000, 2500, 5000];

void main();

async function main(): Promise<void> {
  const [faces, batch, rounds] = [readOption('faces', 20_000), readOption('batch', 64), readOption('rounds', 5)];
  const recipe = changed(BASE_RECIPE, { batch, flip: true });
  const drawn = await drawnSource(faces);
  const { source, folder } = drawn;
  try {
    const alone = await best(rounds, epoch => measure(source, recipe, epoch, () => undefined));
    say(`loader alone: ${alone.rate.toFixed(0)} images/s, ${(1e6 / alone.rate).toFixed(1)} us an image`);
    say(`  CPU of all threads: ${alone.cpu.toFixed(1)} us an image; busy main thread: ${percent(alone.busy)}`);
    const load = await startLoad();
    for (const wanted of CONSUMERS) {
      const work = load.calibrate(batch / wanted);
      const steps = Math.min(Math.floor(faces / batch), Math.ceil((2 * wanted) / batch));
      const [without, beside] = await bestOfPairs(
        rounds,
        () => Promise.resolve(repeat(steps, batch, () => load.step(work))),
        epoch => measure(source, recipe, epoch, () => load.step(work), steps),
      );
      say(
        `a student of ${without.rate.toFixed(0)} images/s on both cores: ${beside.rate.toFixed(0)} with the loader beside it, ` +
          `${percent(beside.rate / without.rate)}; it waits ${percent(beside.waiting)} of the time`,
      );
    }
    await load.stop();
  } finally {
    await drawn.close();
    await rm(folder, { recursive: true });
  }
}

interface Measured {
  /** Images a second. */
  readonly rate: number;
  /** Microseconds of CPU an image, all threads. */
  readonly cpu: number;
  /** Share of the time in which the main thread does something. */
  readonly busy: number;
  /** Share of the time in which the consumer has no batch. */
  readonly waiting: number;
}

type Run = (round: number) => Promise<Measured>;

async function best(rounds: number, run: Run): Promise<Measured> {
  const [found] = await bestOfPairs(rounds, run, run);
  return found;
}

/** Alternately, so that both meet the same neighbours on the machine; the first round is to warm up. */
async function bestOfPairs(rounds: number, first: Run, second: Run): Promise<[Measured, Measured]> {
  let [a, b] = [await first(0), await second(0)];
  for (let round = 1; round <= rounds; round++) {
    const [nextA, nextB] = [await first(round), await second(round)];
    if (nextA.rate > a.rate) a = nextA;
    if (nextB.rate > b.rate) b = nextB;
  }
  return [a, b];
}

async function measure(
  source: BatchSource,
  recipe: Recipe,
  epoch: number,
  consume: () => void,
  steps = Infinity,
): Promise<Measured> {
  const finish = stopwatch();
  let [images, consuming] = [0, 0];
  for await (const { count } of readBatches(source, recipe, epoch)) {
    const start = performance.now();
    consume();
    consuming += performance.now() - start;
    images += count;
    if (images === steps * count) break;
  }
  return finish(images, consuming);
}

function repeat(steps: number, batch: number, consume: () => void): Measured {
  const finish = stopwatch();
  for (let step = 0; step < steps; step++) consume();
  return finish(steps * batch, 0);
}

function stopwatch(): (images: number, consuming: number) => Measured {
  const [start, cpu, loop] = [performance.now(), process.cpuUsage(), performance.eventLoopUtilization()];
  return (images, consuming) => {
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(cpu);
    const { utilization } = performance.eventLoopUtilization(loop);
    return {
      rate: (images / ms) * 1000,
      cpu: (user + system) / images,
      busy: utilization,
      waiting: 1 - consuming / ms,
    };
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
