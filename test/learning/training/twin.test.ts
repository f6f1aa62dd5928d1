import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { startEngine } from '../../../src/learning/engines/start-engine';
import type { EngineName } from '../../../src/learning/engines';
import type { Precision, Tf } from '../../../src/learning/engines/engine';
import type { Weights } from '../../../src/learning/networks';
import { studentNow } from '../../helpers/families';
import { trainingCheckpoint } from '../../../src/learning/training/checkpoint';
import { disposeLearner } from '../../../src/learning/training/learner';
import type { TrainingInput } from '../../../src/learning/training/loop';
import { trainReplicas } from '../../../src/learning/training/replicas/train-replicas';
import { startHistory } from '../../../src/learning/training/training-history';
import {
  batchesOf,
  distancesOf,
  firstValues,
  learnerOf,
  measure,
  probe,
  readTwins,
  TOLD,
  toldOf,
  type Course,
  type Distances,
  type Twin,
} from '../../helpers/twin';
import { KNOWS_BF16, TEST_ENGINES } from '../../helpers/usable-engines';

const TWINS = readTwins();

/** How much farther than PyTorch's own rounding ours may be. */
const FACTOR = { f32: 4, bf16: 3 };

/** The same for the one array that is worst: what nearly cancels in its gradient depends on the order of sums (Winograd on wasm: 11). */
const FACTOR_OF_WORST = { f32: 15, bf16: 3 };

interface Way {
  readonly engine: EngineName;
  readonly precision?: Precision;
  readonly replicas?: number;
  /** The step after which it is interrupted, and goes on from its checkpoint. */
  readonly interrupted?: number;
}

const usable = (ways: readonly Way[]): Way[] =>
  ways.filter(({ engine, precision }) => TEST_ENGINES.includes(engine) && (precision !== 'bf16' || KNOWS_BF16));

const WAYS = usable([{ engine: 'wasm' }, { engine: 'onednn' }, { engine: 'onednn', precision: 'bf16' }]);

/** Both epochs before the first milestone are over after ten steps. */
const OTHER_WAYS = usable([
  { engine: 'wasm', replicas: 2 },
  { engine: 'wasm', interrupted: 8 },
  { engine: 'onednn', interrupted: 10 },
  { engine: 'onednn', precision: 'bf16', interrupted: 13 },
]);

describe.each(Object.entries(TWINS))('%s trains as its twin in PyTorch does', (student, twin) => {
  const backbone = studentNow(student, twin.embeddingSize);
  const first = firstValues(backbone, twin.classes);

  test.each([...WAYS, ...(student === 'tiny' ? OTHER_WAYS : [])])('on %j', async way => {
    const tf = await startEngine(way.engine, { threads: 1, ...(way.precision && { precision: way.precision }) });
    const run = await course(tf, student, first, way);
    expect(differences(run, twin, way.precision)).toEqual({});
  });
});

/** What is beyond what rounding explains, by what it is: the first of them, and how many there are. */
function differences(found: Course, { wanted, rounding }: Twin, precision: Precision = 'f32'): Record<string, string> {
  const far = distancesOf(found, wanted);
  const beyond: Record<string, string[]> = {};
  for (const name of Object.keys(far) as (keyof Distances)[]) {
    const factor = name === 'weights' ? FACTOR_OF_WORST : FACTOR;
    const limit = factor[precision] * Math.max(...[rounding[precision][name]].flat());
    beyond[name] = [far[name]].flat().flatMap((value, at) => (value <= limit ? [] : [`${at}: ${value} > ${limit}`]));
  }
  for (const name of TOLD) {
    if (beyond[name] || (precision === 'bf16' && name === 'accuracy')) continue;
    const limit = name === 'learningRate' ? 1e-12 : FACTOR[precision] * Math.max(...rounding[precision].gradientNorm);
    beyond[name] = wanted.steps.flatMap(({ [name]: value }, i) =>
      Math.abs(found.steps[i]![name] - value) <= limit * value ? [] : [`${i}: ${found.steps[i]![name]}, want ${value}`],
    );
  }
  const some = Object.entries(beyond).filter(([, list]) => list.length > 0);
  return Object.fromEntries(some.map(([name, list]) => [name, `${list[0]!} (${list.length})`]));
}

async function course(tf: Tf, student: string, first: Weights, way: Way): Promise<Course> {
  const twin = TWINS[student]!;
  const backbone = studentNow(student, twin.embeddingSize);
  const steps: Course['steps'][number][] = [];
  const checkpoints: Record<string, Awaited<ReturnType<typeof measure>>> = {};
  let learner = learnerOf(tf, backbone, twin.classes, first);
  const go = async (input: Partial<TrainingInput>, last?: number): Promise<void> => {
    const given = {
      batches: batchesOf(backbone, twin),
      stepsAnEpoch: twin.batches,
      describe: () => Promise.resolve(''),
      ...input,
    };
    for await (const report of trainReplicas(tf, learner, twin.recipe, given, { ...way, execArgv: EXEC_ARGV })) {
      steps.push(toldOf(report));
      if (twin.wanted.checkpoints[report.step]) checkpoints[report.step] = await measure(learner, first);
      if (report.step !== last) continue;
      const { step, epoch, batch } = report;
      await (await checkpoint).save(learner, { position: { step, epoch, batch }, history: await emptyHistory() });
      return;
    }
  };
  const checkpoint = mkdtemp(join(tmpdir(), 'fairdistill-twin-')).then(at => trainingCheckpoint(at, 'twin', () => {}));
  await go({}, way.interrupted);
  if (way.interrupted !== undefined) {
    disposeLearner(tf, learner);
    learner = learnerOf(tf, backbone, twin.classes, first);
    const { position } = (await (await checkpoint).load(tf, learner))!;
    await go({ start: position });
  }
  const embeddings = probe(tf, learner);
  disposeLearner(tf, learner);
  return { steps, checkpoints, embeddings };
}

const EXEC_ARGV = ['-r', join(__dirname, '..', '..', 'helpers', 'register-typescript.js')];

async function emptyHistory() {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-twin-'));
  const history = await startHistory(join(folder, 'training.csv'), { terms: [], measures: [] });
  await history.close();
  return history.state();
}
