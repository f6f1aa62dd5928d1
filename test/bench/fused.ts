/**
 * Fused operations of the training head and optimiser beside their composed forms, on engine onednn:
 * node -r ./test/helpers/register-typescript.js test/bench/fused.ts [threads]
 *
 * Prints, for each, the least wall time and the least processor time of some calls, in milliseconds. Forms take turns.
 */
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { startEngine } from '../../src/learning/engines/start-engine';
import type { Tf } from '../../src/learning/engines/engine';
import { composedArcFace, elasticArcFace } from '../../src/learning/losses/elastic-arcface';
import { studentNow } from '../helpers/families';
import { createLearner, disposeLearner } from '../../src/learning/training/learner';
import { BASE_RECIPE } from '../helpers/recipes';
import { startSgd, type StartedSgd } from '../helpers/start-sgd';

const threads = Number(process.argv[2] ?? 2);
const CALLS = 7;

async function main(): Promise<void> {
  const tf = await startEngine('onednn', { threads });
  for (const classes of [1000, 10_000, 50_000]) {
    compare(`margin softmax and gradients, 64 faces, 512 dimensions, ${classes} classes`, {
      fused: headOf(tf, classes, elasticArcFace),
      composed: headOf(tf, classes, composedArcFace),
    });
  }
  for (const name of ['mobilefacenet', 'iresnet50']) compareOptimisers(tf, name);
}

function headOf(tf: Tf, classes: number, form: typeof elasticArcFace): () => void {
  const [features, centres] = [
    tf.randomNormal([64, 512], 0, 1, 'float32', 1),
    tf.randomNormal([512, classes], 0, 0.01, 'float32', 2),
  ];
  const labels = tf.tensor1d(
    Int32Array.from({ length: 64 }, (_, i) => (i * 7919) % classes),
    'int32',
  );
  const margins = tf.fill([64], 0.5);
  const loss = (f: Tensor, c: Tensor): Scalar =>
    form(tf, { features: f as Tensor2D, centres: c as Tensor2D, labels, margins: margins as never, scale: 64 }).loss;
  return () => tf.dispose(tf.tidy(() => tf.valueAndGrads(loss)([features, centres])));
}

function compareOptimisers(tf: Tf, name: string): void {
  const options = { momentum: 0.9, weightDecay: 5e-4 };
  const stepOf = (optimizer: StartedSgd): (() => void) => {
    const learner = createLearner(tf, studentNow(name, 512), 1000, BASE_RECIPE);
    const updates = learner.trained.map(({ name }) => ({
      name,
      gradient: tf.mul(learner.parameters.get(name)!, 0.1),
      factor: 0.5,
    }));
    learners.push(learner);
    return () => optimizer.step(learner.parameters, updates, 0.1);
  };
  const learners: ReturnType<typeof createLearner>[] = [];
  const [fused, composed] = [startSgd(tf, options), startSgd(tf, options, new Map(), true)];
  compare(`update of all weights of ${name} and 1000 centres`, {
    fused: stepOf(fused),
    composed: stepOf(composed),
  });
  fused.dispose();
  composed.dispose();
  for (const learner of learners) disposeLearner(tf, learner);
}

function compare(title: string, forms: Readonly<Record<string, () => void>>): void {
  const least = new Map(Object.keys(forms).map(name => [name, { wall: Infinity, cpu: Infinity }]));
  for (let call = 0; call <= CALLS; call++) {
    for (const [name, run] of Object.entries(forms)) {
      const [wall, cpu] = [process.hrtime.bigint(), process.cpuUsage()];
      run();
      const used = process.cpuUsage(cpu);
      // The first call prepares primitives.
      if (call === 0) continue;
      const best = least.get(name)!;
      best.wall = Math.min(best.wall, Number(process.hrtime.bigint() - wall) / 1e6);
      best.cpu = Math.min(best.cpu, (used.user + used.system) / 1e3);
    }
  }
  const parts = [...least].map(([name, { wall, cpu }]) => `${name} ${wall.toFixed(2)} (processor ${cpu.toFixed(2)})`);
  process.stdout.write(`${title}: ${parts.join(', ')} ms\n`);
}

void main();
