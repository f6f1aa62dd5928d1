import { copyFile, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddingSet } from '../../src/data/embedding-set';
import { seededRandom } from '../../src/kit/math/random';
import type { StageEvent } from '../../src/stage';
import type { Emit } from '../../src/stage-task';
import { trainModel, type ReplicatedJob } from '../../src/learning/training/train-model';
import { digestsIn } from './digests';
import { testFaces, writeFaceSet } from './face-set';
import { changed, type RecipeChanges } from './recipes';
import { TOY_BACKBONE, TOY_RECIPE } from './toy-training';

const EXEC_ARGV = ['-r', join(__dirname, 'register-typescript.js')];
const DIM = TOY_BACKBONE.embeddingSize;
const FACES = testFaces('AB', 4, 5, TOY_BACKBONE.inputSize, 20);

/** Three epochs of five steps, with everything that draws: margins, dropout, order, mirroring. */
export const RECIPE = changed(TOY_RECIPE, { flip: true });
export const STEPS = 15;

/** The file that a training goes on from. */
export const CHECKPOINT = 'training.checkpoint';

/** What a training is given: JSON. */
export interface ToyData {
  readonly faces: string;
  readonly embeddings: string;
}

export async function writeToyData(): Promise<ToyData> {
  const embeddings = await mkdtemp(join(tmpdir(), 'fairdistill-embeddings-'));
  const preprocessing = { size: 16, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 } as const;
  const about = { dim: DIM, facesDigest: 'sha256:faces', teacherSha256: 'x', preprocessing };
  const writer = await createEmbeddingSet(embeddings, about);
  for (const [row, { identity, group }] of FACES.entries()) {
    const random = seededRandom(1, identity);
    const vector = (): Float32Array => Float32Array.from({ length: DIM }, () => random.normal());
    const views = { embedding: vector(), embeddingFlipped: vector(), norm: 1, normFlipped: 1 };
    await writer.add({ row, key: String(row), identity, group, ...views });
  }
  await writer.close();
  return { faces: await writeFaceSet(FACES, TOY_BACKBONE.inputSize), embeddings };
}

/** How an attempt goes: JSON but for the functions. */
export interface Attempt extends Pick<ReplicatedJob, 'engine' | 'precision'> {
  readonly replicas?: number;
  readonly recipe?: RecipeChanges;
  /** Where checkpoints lie. */
  readonly checkpoints: string;
  /** Whether one is due after this step, which counts from 1. */
  readonly isDue?: (asked: number) => boolean;
  readonly onEvent?: Emit;
  readonly signal?: AbortSignal;
}

export interface Attempted {
  readonly folder: string;
  readonly events: readonly StageEvent[];
  /** SHA-256 of every file of the artifact, by path. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Trains the toy in a new folder. */
export async function attempt(data: ToyData, how: Attempt): Promise<Attempted> {
  const { engine, precision, replicas, checkpoints, isDue = () => false, onEvent = () => undefined } = how;
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-attempt-'));
  const modelFolder = join(folder, 'model');
  await mkdir(modelFolder);
  const events: StageEvent[] = [];
  let asked = 0;
  await trainModel(
    {
      backbone: TOY_BACKBONE,
      recipe: { ...changed(RECIPE, how.recipe ?? {}), ...(replicas !== undefined && { replicas }) },
      faces: [{ stage: 'align', folder: data.faces, digest: 'sha256:faces' }],
      embeddings: [{ stage: 'embed', folder: data.embeddings, digest: 'sha256:embeddings' }],
      engine,
      ...(precision && { precision }),
      threads: 1,
      folder,
      modelFolder,
      checkpoints: { folder: checkpoints, isDue: () => isDue(++asked), saved: () => undefined },
      signal: how.signal ?? new AbortController().signal,
      execArgv: EXEC_ARGV,
    },
    event => {
      events.push(event);
      onEvent(event);
    },
  );
  return { folder, events, digests: await digestsIn(folder) };
}

export function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'fairdistill-checkpoints-'));
}

/** A folder with the checkpoint of another one. */
export async function copyOf(folder: string): Promise<string> {
  const copy = await newFolder();
  await copyFile(join(folder, CHECKPOINT), join(copy, CHECKPOINT));
  return copy;
}

/** What a training has said of itself: where it went on, or its warnings. */
export function textsOf(events: readonly StageEvent[], type: 'resumed' | 'log'): string[] {
  return events.flatMap(event => {
    if (event.type !== type) return [];
    return [event.type === 'resumed' ? event.at : event.text];
  });
}
