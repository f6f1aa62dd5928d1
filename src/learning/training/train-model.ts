import { join } from 'node:path';
import { startEngine } from '../engines/start-engine';
import { UserError } from '../../errors';
import { openFaceSet } from '../../data/face-set';
import { refuseWithoutRoom } from '../../data/room-on-disk';
import { countParameters, type Backbone } from '../networks';
import type { Objection } from '../../stage';
import type { Emit } from '../../stage-task';
import { readBatches, stepsPerEpoch } from './batches';
import { trainingCheckpoint, type TrainingCheckpoint } from './checkpoint';
import { describeSamples } from './describe-samples';
import { trainingIdentity } from './identity';
import { keepLastFinite } from './keep-last-finite';
import { learntNothing } from './learnt-nothing';
import { createLearner, disposeLearner, readWeights } from './learner';
import { isNotFinite } from './not-finite';
import { oddRecipe } from './odd-recipe';
import { checkConnections } from './one-teacher';
import { checkPeople } from './people';
import type { Recipe } from './recipe';
import { recipeObjections } from './recipe-objections';
import { refuseReplicas, trainReplicas, type Replication } from './replicas/train-replicas';
import { readSamples, type Samples, type SourceSet } from './samples';
import { openTeacherVectors, type TeacherVectors } from './teacher-vectors';
import { reportedOf, taughtTerms, termsOf } from './terms';
import type { TrainingJob } from './training-job';
import { startHistory, type History } from './training-history';
import { trainingProgress } from './training-progress';
import { writeModel } from './write-model';

/** A job for one replica, or for several. */
export interface ReplicatedJob extends TrainingJob, Pick<Replication, 'execArgv'> {
  readonly recipe: TrainingJob['recipe'] & Pick<Replication, 'replicas'>;
}

/** Trains a backbone from images to files, and reports its progress. */
export async function trainModel(job: ReplicatedJob, emit: Emit): Promise<void> {
  refuse(recipeObjections(job.recipe.terms, job.embeddings.length));
  await refuseReplicas(job.recipe, replicationOf(job));
  const odd = oddRecipe(job.recipe);
  for (const text of odd) emit({ type: 'log', level: 'warn', text: `The recipe has ${text}` });
  const sources: SourceSet[] = [];
  let teacher: TeacherVectors | undefined;
  try {
    for (const input of job.faces) sources.push({ input, faces: await openFaceSet(input.folder) });
    refuseOtherSize(sources, job.backbone);
    await checkConnections(job, sources, emit);
    const { people = {} } = job;
    const samples = await readSamples(sources, job.selection, people.identities);
    refuseSmallSet(samples, job.recipe);
    await checkPeople(sources, samples, people, job.folder, emit);
    await refuseSmallDisk(job);
    teacher = await openTeacher(job, sources);
    const doubts = [...doubtsOfFaces(sources), ...odd.map(text => `the recipe has ${text}`)];
    await learn(job, { sources, samples, doubts, ...(teacher && { teacher }) }, emit);
  } finally {
    await teacher?.close();
    for (const { faces } of sources) await faces.close();
  }
}

interface Data {
  readonly sources: readonly SourceSet[];
  readonly samples: Samples;
  /** What is doubtful before the first step: faces, and numbers of the recipe. */
  readonly doubts: readonly string[];
  readonly teacher?: TeacherVectors;
}

/** What aligning the faces of a group has warned of: a model that learnt from them may be wrong about this group. */
function doubtsOfFaces(sources: readonly SourceSet[]): string[] {
  return sources.flatMap(({ input, faces }) =>
    Object.entries(faces.info.doubts ?? {}).flatMap(([group, texts]) =>
      texts.map(text => `faces of stage "${input.stage}", group ${group}: ${text}`),
    ),
  );
}

async function learn(job: ReplicatedJob, data: Data, emit: Emit): Promise<void> {
  const { backbone, recipe, checkpoints, signal } = job;
  const { sources, samples } = data;
  const tf = await startEngine(job.engine, { threads: job.threads, precision: job.precision });
  const learner = createLearner(tf, backbone, samples.classes.length, recipe);
  const stepsAnEpoch = stepsPerEpoch(samples.count, recipe.batch);
  const steps = recipe.epochs * stepsAnEpoch;
  const checkpoint = checkpointOf(job, samples, emit);
  const found = await checkpoint.load(tf, learner);
  const reported = reportedOf(termsOf(recipe.terms));
  const history = await startHistory(join(job.folder, 'training.csv'), reported, found?.history);
  const progress = trainingProgress(steps, recipe, emit);
  if (found) progress.resume(found.position);
  try {
    const input = {
      batches: (epoch: number, from: number) => readBatches(data, recipe, epoch, from),
      stepsAnEpoch,
      describe: (wanted: Uint32Array) => describeSamples(sources, samples, wanted),
      keep: keepLastFinite(job.folder, backbone),
      ...(found && { start: found.position }),
    };
    const reports = trainReplicas(tf, learner, recipe, input, replicationOf(job));
    for await (const report of reports) {
      await history.add(report);
      if (signal.aborted || checkpoints.isDue()) {
        const { step, epoch, batch } = report;
        await checkpoint.save(learner, { position: { step, epoch, batch }, history: await history.state() });
        checkpoints.saved();
      }
      signal.throwIfAborted();
      progress.report(report);
    }
    const weights = await readWeights(learner);
    const doubts = report(job, data, history, emit);
    // Both the file and its reference are float32.
    await writeModel(await startEngine(job.engine, { threads: job.threads }), job, { ...data, doubts }, weights, emit);
  } catch (error) {
    // The next attempt would come to the same step in the same way.
    if (isNotFinite(error)) await checkpoint.remove();
    throw error;
  } finally {
    await history.close();
    disposeLearner(tf, learner);
  }
}

function checkpointOf(job: TrainingJob, samples: Samples, emit: Emit): TrainingCheckpoint {
  const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
  return trainingCheckpoint(job.checkpoints.folder, trainingIdentity(job, samples), warn);
}

function replicationOf({ recipe: { replicas = 1 }, engine, execArgv }: ReplicatedJob): Replication {
  return { replicas, engine, ...(execArgv && { execArgv }) };
}

/** Returns what is doubtful about the training. */
function report(job: TrainingJob, { samples, doubts: known }: Data, history: History, emit: Emit): string[] {
  emit({
    type: 'metrics',
    values: { images: samples.count, classes: samples.classes.length, ...history.summary() },
  });
  const { backbone, recipe } = job;
  const sizes = { classes: samples.classes.length, dimensions: backbone.embeddingSize };
  const nothing = learntNothing(recipe, sizes, history.summary());
  for (const text of nothing) emit({ type: 'log', level: 'warn', text: `After the training ${text}` });
  const doubts = [...known, ...nothing];
  if (doubts.length > 0) {
    emit({ type: 'metrics', values: { doubts } });
    emit({
      type: 'headline',
      text: `Doubtful training of ${backbone.name}\n${doubts.map(text => `  ${text}`).join('\n')}`,
    });
  }
  return doubts;
}

/** The least that is written: the weights. A checkpoint is written only when the training takes its time. */
async function refuseSmallDisk({ folder, backbone }: TrainingJob): Promise<void> {
  const bytes = countParameters(backbone) * Float32Array.BYTES_PER_ELEMENT;
  await refuseWithoutRoom(folder, { doing: 'train', what: 'its weights', bytes });
}

async function openTeacher(job: TrainingJob, sources: readonly SourceSet[]): Promise<TeacherVectors | undefined> {
  if (taughtTerms(job.recipe.terms).length === 0) return undefined;
  return openTeacherVectors(sources, job.embeddings, job.backbone.embeddingSize);
}

function refuse([objection]: readonly Objection[]): void {
  if (objection) throw new UserError(`Train: ${objection.text}`, { code: objection.code });
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
