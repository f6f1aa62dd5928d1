import { join } from 'node:path';
import { startEngine } from '../engines';
import { UserError } from '../errors';
import { openFaceSet } from '../faces/face-set';
import type { Backbone } from '../networks';
import type { Emit } from '../streams/stage-task';
import { readBatches, stepsPerEpoch } from './batches';
import { describeSamples } from './describe-samples';
import { keepLastFinite } from './keep-last-finite';
import { createLearner, disposeLearner, readWeights } from './learner';
import type { Recipe } from './recipe';
import { refuseReplicas, trainReplicas, type Replication } from './replicas/train-replicas';
import { readSamples, type Samples, type SourceSet } from './samples';
import { openTeacherVectors, type TeacherVectors } from './teacher-vectors';
import type { TrainingJob } from './training-job';
import { startHistory, type History } from './training-history';
import { writeModel } from './write-model';

/** A job for one replica, or for several. */
export interface ReplicatedJob extends TrainingJob, Pick<Replication, 'execArgv'> {
  readonly recipe: TrainingJob['recipe'] & Pick<Replication, 'replicas'>;
}

/** Trains a backbone from images to files, and tells how it goes. */
export async function trainModel(job: ReplicatedJob, emit: Emit): Promise<void> {
  refuseMissingTeacher(job);
  refuseReplicas(job.recipe, replicationOf(job));
  const sources: SourceSet[] = [];
  let teacher: TeacherVectors | undefined;
  try {
    for (const input of job.faces) sources.push({ input, faces: await openFaceSet(input.folder) });
    refuseOtherSize(sources, job.backbone);
    const samples = await readSamples(sources, job.selection);
    refuseSmallSet(samples, job.recipe);
    teacher = await openTeacher(job, sources);
    await learn(job, { sources, samples, ...(teacher && { teacher }) }, emit);
  } finally {
    await teacher?.close();
    for (const { faces } of sources) await faces.close();
  }
}

interface Data {
  readonly sources: readonly SourceSet[];
  readonly samples: Samples;
  readonly teacher?: TeacherVectors;
}

async function learn(job: ReplicatedJob, data: Data, emit: Emit): Promise<void> {
  const { backbone, recipe, signal } = job;
  const { sources, samples } = data;
  const tf = await startEngine(job.engine, { threads: job.threads, precision: job.precision });
  const learner = createLearner(tf, backbone, samples.classes.length, recipe.seed);
  const steps = recipe.epochs * stepsPerEpoch(samples.count, recipe.batch);
  const history = await startHistory(join(job.folder, 'training.csv'), steps, recipe);
  try {
    const input = {
      batches: (epoch: number) => readBatches(data, recipe, epoch),
      describe: (wanted: Uint32Array) => describeSamples(sources, samples, wanted),
      keep: keepLastFinite(job.folder, backbone),
    };
    const reports = trainReplicas(tf, learner, recipe, input, replicationOf(job));
    for await (const report of reports) {
      signal.throwIfAborted();
      await history.add(report);
      emit({
        type: 'progress',
        done: report.step * recipe.batch,
        total: steps * recipe.batch,
        unit: 'images',
        note: `epoch ${report.epoch + 1} of ${recipe.epochs}, loss ${report.loss.toPrecision(4)}`,
      });
    }
    const weights = await readWeights(learner);
    await report(job, data, history, emit);
    // The file is float32, and so is what it is checked against.
    await writeModel(await startEngine(job.engine, { threads: job.threads }), job, data, weights, emit);
  } finally {
    await history.close();
    disposeLearner(tf, learner);
  }
}

function replicationOf({ recipe: { replicas = 1 }, engine, execArgv }: ReplicatedJob): Replication {
  return { replicas, engine, ...(execArgv && { execArgv }) };
}

async function report(job: TrainingJob, { samples }: Data, history: History, emit: Emit): Promise<void> {
  await history.draw(join(job.folder, 'loss.svg'), `Training of ${job.backbone.name}`);
  emit({ type: 'look', file: 'loss.svg', caption: 'Loss over the steps of training' });
  emit({
    type: 'metrics',
    values: { images: samples.count, classes: samples.classes.length, ...history.summary() },
  });
}

async function openTeacher(job: TrainingJob, sources: readonly SourceSet[]): Promise<TeacherVectors | undefined> {
  if (job.recipe.distillation.weight === 0) return undefined;
  const path = join(job.folder, 'teacher-vectors.tmp');
  return openTeacherVectors(sources, job.embeddings, { dim: job.backbone.embeddingSize, path });
}

function refuseMissingTeacher({ recipe: { distillation }, embeddings }: TrainingJob): void {
  if (distillation.weight === 0 || embeddings.length > 0) return;
  throw new UserError(
    `Train: the distillation weight is ${distillation.weight} and no teacher embeddings are connected; ` +
      'connect embed-faces stages under `in: {embeddings: […]}`, or set `distillation: {weight: 0}` to train without a teacher',
    { code: 'no-embeddings' },
  );
}

function refuseOtherSize(sources: readonly SourceSet[], { name, inputSize }: Backbone): void {
  for (const { input, faces } of sources) {
    if (faces.size === inputSize) continue;
    throw new UserError(
      `Train: the faces of stage "${input.stage}" have ${faces.size} x ${faces.size} pixels, and ${name} takes ` +
        `${inputSize} x ${inputSize}; align them to that size`,
      { code: 'wrong-face-size' },
    );
  }
}

function refuseSmallSet({ count }: Samples, { batch }: Recipe): void {
  if (count >= batch) return;
  throw new UserError(`Train: found ${count} faces and batches of ${batch}; set \`batch\` to at most ${count}`, {
    code: 'batch-too-large',
  });
}
