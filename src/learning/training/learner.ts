import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { initialCentres } from '../losses';
import { seededRandom } from '../../kit/math/random';
import { initialise, outputShape, parametersOf, sizeOf, type Backbone, type Weights } from '../networks';

/** The name under which the class centres [embedding size, classes] stand among the parameters. */
export const CENTRES = 'identity-head/centres';

/** A network in training: tensors by name. Every step replaces them, or changes them in place. */
export interface Learner {
  readonly backbone: Backbone;
  readonly classes: number;
  /** Parameters of the backbone and the class centres. */
  readonly parameters: Map<string, Tensor>;
  /** Of gradient descent, by parameter; empty before the first step and after training. */
  readonly velocities: Map<string, Tensor>;
  /** Names of what gradient descent changes; the centres are last. */
  readonly trained: readonly string[];
}

/** Untrained. Backbone and centres have streams of their own, so that students of one seed start alike whatever they are taught. */
export function createLearner(tf: Tf, backbone: Backbone, classes: number, seed: number): Learner {
  const parameters = new Map<string, Tensor>();
  for (const [name, { shape, values }] of initialise(backbone, seededRandom(seed, 'weights', backbone.name))) {
    parameters.set(name, tf.tensor(values, [...shape], 'float32'));
  }
  const dimensions = sizeOf(outputShape(backbone));
  const centres = initialCentres(dimensions, classes, seededRandom(seed, 'centres'));
  parameters.set(CENTRES, tf.tensor2d(centres, [dimensions, classes]));
  const trained = parametersOf(backbone).filter(parameter => parameter.trained);
  const names = [...trained.map(({ name }) => name), CENTRES];
  return { backbone, classes, parameters, velocities: new Map(), trained: names };
}

/** The backbone's present weights, without the class centres. */
export async function readWeights({ backbone, parameters }: Learner): Promise<Weights> {
  const weights = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const { name, shape } of parametersOf(backbone)) {
    // A copy: the engine may hand out its own memory.
    weights.set(name, { shape, values: Float32Array.from(await parameters.get(name)!.data()) });
  }
  return weights;
}

export function disposeLearner(tf: Tf, { parameters, velocities }: Learner): void {
  tf.dispose([...parameters.values(), ...velocities.values()]);
}
