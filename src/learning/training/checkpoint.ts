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

/** Where a training resumes, and what it had reported until then. */
export interface TrainingState {
  readonly position: TrainingPosition;
  readonly history: HistoryState;
}

/** The one file from which a training resumes as if it had never stopped. */
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
      const about: About = { ...state, format: FORMAT, identity, tensors: [...standingsOf(learner)].map(storedOf) };
      return writeSealed(path, about, bytesOf(learner));
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

/** Raised when a file of an earlier version of this program cannot be read. */
const FORMAT = 2;

interface About extends TrainingState {
  readonly format: number;
  readonly identity: Json;
  /** In the order of their values: float32 in the order of this machine, one tensor after another. */
  readonly tensors: readonly StoredTensor[];
}

interface StoredTensor {
  /** `parameters/<name>`, or `slots/<slot>/<name>`. */
  readonly place: string;
  readonly shape: readonly number[];
}

/** Where a tensor stands in a learner. */
interface Standing {
  readonly place: string;
  readonly name: string;
  readonly among: Map<string, Tensor>;
}

/**
 * Every parameter, running statistics and those of the terms too, and what the optimiser remembers.
 * @param remembered parameters of which it remembers something; those that are there unless given
 */
function* standingsOf({ parameters, slots }: Learner, remembered?: readonly string[]): Generator<Standing> {
  for (const name of parameters.keys()) yield { place: `parameters/${name}`, name, among: parameters };
  for (const [slot, among] of Object.entries(slots)) {
    for (const name of remembered ?? among.keys()) yield { place: `slots/${slot}/${name}`, name, among };
  }
}

function storedOf({ place, name, among }: Standing): StoredTensor {
  return { place, shape: among.get(name)!.shape };
}

/** One after another: they may be copies. */
async function* bytesOf(learner: Learner): AsyncGenerator<Uint8Array> {
  for (const { name, among } of standingsOf(learner)) {
    const values = await among.get(name)!.data<'float32'>();
    yield new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
}

async function restore(tf: Tf, learner: Learner, file: SealedFile, identity: Json): Promise<TrainingState> {
  const about = file.about as Partial<About> | null;
  if (about?.format !== FORMAT) throw new RangeError('another version of this program has written it');
  if (canonicalJson(about.identity ?? null) !== canonicalJson(identity))
    throw new RangeError('it is of another training');
  const { position, history, tensors } = about as About;
  const standings = standingsOf(
    learner,
    learner.trained.map(({ name }) => name),
  );
  const places = new Map([...standings].map(standing => [standing.place, standing]));
  const wanted = [...places.values()].map(({ place, name }) => ({ place, shape: learner.parameters.get(name)!.shape }));
  const sorted = (list: readonly object[]): string =>
    list
      .map(one => canonicalJson(one))
      .sort()
      .join();
  const bytes = wanted.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
  if (sorted(tensors) !== sorted(wanted) || file.length !== bytes) throw new RangeError('it has other tensors');
  let at = 0;
  for (const { place, shape } of tensors) {
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    await file.read(at, new Uint8Array(values.buffer));
    at += values.byteLength;
    const { name, among } = places.get(place)!;
    among.get(name)?.dispose();
    among.set(name, tf.tensor(values, [...shape], 'float32'));
  }
  return { position, history };
}
