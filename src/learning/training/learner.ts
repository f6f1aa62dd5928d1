import type { Tensor } from '@tensorflow/tfjs-core';
import { seededRandom } from '../../kit/math/random';
import type { Tf } from '../engines/engine';
import { initialise, outputShape, parametersOf, sizeOf, type Backbone, type Weights } from '../networks';
import { OPTIMISERS } from '../optimisers';
import type { Slots } from '../optimisers/optimiser';
import type { Recipe } from './recipe';
import { ownParameters, termsOf } from './terms';

/** A network in training: tensors by name. Every step replaces them, or changes them in place. */
export interface Learner {
  readonly backbone: Backbone;
  readonly classes: number;
  /** Of the backbone, and of the terms under `terms/<term>/`. */
  readonly parameters: Map<string, Tensor>;
  /** What the optimiser remembers: empty before the first step and after training. */
  readonly slots: Slots;
  /** What the optimiser changes; first all that is clipped. */
  readonly trained: readonly TrainedParameter[];
}

export interface TrainedParameter {
  readonly name: string;
  readonly clip: boolean;
  readonly decay: boolean;
}

/** Untrained. Backbone and terms have streams of their own, so that students of one seed start alike whatever they are taught. */
export function createLearner(
  tf: Tf,
  backbone: Backbone,
  classes: number,
  { terms, optimiser, seed }: Pick<Recipe, 'terms' | 'optimiser' | 'seed'>,
): Learner {
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape, values }] of initialise(backbone, seededRandom(seed, 'weights', backbone.name))) {
    parameters.set(name, tf.tensor(values, [...shape], 'float32'));
  }
  const own = ownParameters(termsOf(terms), { dimensions: sizeOf(outputShape(backbone)), classes });
  for (const { place, shape, initial, stream } of own) {
    parameters.set(place, tf.tensor(initial(seededRandom(seed, stream)), [...shape], 'float32'));
  }
  const ofBackbone = parametersOf(backbone).filter(parameter => parameter.trained);
  const trained = [
    ...ofBackbone.map(({ name }) => ({ name, clip: true, decay: true })),
    ...own.map(({ place, clip, decay }) => ({ name: place, clip, decay })),
  ];
  const slots = noSlots(OPTIMISERS.members[optimiser.optimiser].slots);
  return { backbone, classes, parameters, slots, trained: clippedFirst(trained) };
}

export function noSlots(names: readonly string[]): Slots {
  return Object.fromEntries(names.map(name => [name, new Map<string, Tensor>()]));
}

function clippedFirst(trained: readonly TrainedParameter[]): TrainedParameter[] {
  return [...trained.filter(({ clip }) => clip), ...trained.filter(({ clip }) => !clip)];
}

/** The backbone's present weights, without those of the terms. */
export async function readWeights({ backbone, parameters }: Learner): Promise<Weights> {
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const { name, shape } of parametersOf(backbone)) {
    // A copy: the engine may hand out its own memory.
    weights.set(name, { shape, values: Float32Array.from(await parameters.get(name)!.data()) });
  }
  return weights;
}

export function disposeLearner(tf: Tf, { parameters, slots }: Learner): void {
  tf.dispose([...parameters.values(), ...Object.values(slots).flatMap(slot => [...slot.values()])]);
}
