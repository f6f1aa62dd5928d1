import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { messageOf } from '../../errors';
import type { Json } from '../../stage';
import { canonicalJson } from '../../kit/text/canonical-json';
import { errnoOf } from '../../kit/files/errno';
import { openSealed, writeSealed, type SealedFile } from '../../kit/files/sealed-file';
import type { Learner } from './learner';
import type { TrainingPosition } from './position';
import type { HistoryState } from './training-history';

/** Where a training goes on, and what was told of it until then. */
export interface TrainingState {
  readonly position: TrainingPosition;
  readonly history: HistoryState;
}

/** The one file from which a training goes on as if nothing had happened. */
export interface TrainingCheckpoint {
  /** Takes the place of the one before once it is on the disk. */
  save(learner: Learner, state: TrainingState): Promise<void>;
  /**
   * Gives an untrained learner the tensors of the file. Undefined, with the learner as it was, when there is none and, after a
   * warning, when it is damaged or of another training.
   */
  load(tf: Tf, learner: Learner): Promise<TrainingState | undefined>;
  remove(): Promise<void>;
}

/** @param identity of the training: what equal ones agree in */
export function trainingCheckpoint(folder: string, identity: Json, warn: (text: string) => void): TrainingCheckpoint {
  const path = join(folder, 'training.checkpoint');
  const remove = (): Promise<void> => rm(path, { force: true });
  return {
    remove,
    save(learner, state) {
      const about: About = { ...state, identity, tensors: [...tensorsOf(learner)].map(shapeOf) };
      return writeSealed(path, about, octetsOf(learner));
    },
    async load(tf, learner) {
      let file: SealedFile | undefined;
      try {
        file = await openSealed(path);
        return await restore(tf, learner, file, identity);
      } catch (error) {
        if (errnoOf(error) === 'ENOENT') return undefined;
        if (errnoOf(error) !== undefined) throw error;
        warn(`The training starts again, for its checkpoint cannot be used: ${path}: ${messageOf(error)}`);
        await remove();
        return undefined;
      } finally {
        await file?.close();
      }
    },
  };
}

interface About extends TrainingState {
  readonly identity: Json;
  /** In the order of their values: float32 in the order of this machine, one tensor after another. */
  readonly tensors: readonly StoredTensor[];
}

interface StoredTensor {
  readonly of: 'parameters' | 'velocities';
  readonly name: string;
  readonly shape: readonly number[];
}

type Stored = readonly [StoredTensor['of'], string, Tensor];

/** Every parameter, running statistics and class centres too, and the velocities. */
function* tensorsOf({ parameters, velocities }: Learner): Generator<Stored> {
  for (const [name, tensor] of parameters) yield ['parameters', name, tensor];
  for (const [name, tensor] of velocities) yield ['velocities', name, tensor];
}

function shapeOf([of, name, { shape }]: Stored): StoredTensor {
  return { of, name, shape };
}

/** One after another: they may be copies. */
async function* octetsOf(learner: Learner): AsyncGenerator<Uint8Array> {
  for (const [, , tensor] of tensorsOf(learner)) {
    const values = await tensor.data<'float32'>();
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

async function restore(tf: Tf, learner: Learner, file: SealedFile, identity: Json): Promise<TrainingState> {
  const about = file.about as Partial<About> | null;
  if (canonicalJson(about?.identity ?? null) !== canonicalJson(identity))
    throw new RangeError('it is of another training');
  const { position, history, tensors } = about as About;
  const wanted = learner.trained.map(name => ({ of: 'velocities', name, shape: learner.parameters.get(name)!.shape }));
  const shapes = [...[...tensorsOf(learner)].map(shapeOf), ...wanted];
  const sorted = (list: readonly object[]): string =>
    list
      .map(one => canonicalJson(one))
      .sort()
      .join();
  const octets = shapes.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
  if (sorted(tensors) !== sorted(shapes) || file.length !== octets) throw new RangeError('it has other tensors');
  let at = 0;
  for (const { of, name, shape } of tensors) {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    await file.read(at, new Uint8Array(values.buffer));
    at += values.byteLength;
    learner[of].get(name)?.dispose();
    learner[of].set(name, tf.tensor(values, [...shape], 'float32'));
  }
  return { position, history };
}
