import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from './engine';

/**
 * Operations that some engine computes in one native call, registered as tfjs kernels of its backend. They have no gradient of
 * their own: call one inside a differentiated function in `tf.customGrad`.
 */
export const KERNEL_NAMES = {
  /**
   * features [n, d], centres [d, classes], labels [n] int32, margins [n]; attribute scale. Gives [2]: loss and accuracy, and
   * what the gradient needs: [n, classes], [n], [classes].
   */
  marginSoftmax: 'FairMarginSoftmax',
  /** dy [2], features, centres, and what the above gave for it. Gives the gradients of features and centres. */
  marginSoftmaxGrad: 'FairMarginSoftmaxGrad',
  /** student and teacher [n, d]; attribute terms. Gives the loss, and its gradient by the student. */
  embeddingMse: 'FairEmbeddingMse',
  /**
   * A list: the weights, their gradients, their velocities. Attributes: see `SgdAttributes`. Changes weights and velocities in place, and gives nothing.
   */
  sgd: 'FairSgd',
  /** A list of tensors; attribute first. Gives [2]: the Euclidean norm of the first tensors together, and that of the others. */
  norms: 'FairNorms',
  /** A list: running statistics, then those of the batch; attribute share. Changes the running ones in place, and gives nothing. */
  movingAverage: 'FairMovingAverage',
  /**
   * x [..., channels], gamma, beta and, optionally, slope; attribute epsilon. Gives batch normalisation and, with a slope, PReLU of
   * it, mean, unbiased variance, and 1 / deviation.
   */
  normaliseBatch: 'FairNormaliseBatch',
  /** dy, x, gamma, beta, mean, deviation and, optionally, slope. Gives the gradients of x, gamma, beta and slope. */
  normaliseBatchGrad: 'FairNormaliseBatchGrad',
  /**
   * pixels [n, size, size, 3] and parameters `0`, `1`, … as `parametersOf` lists them; attributes: see `BackboneAttributes`. Gives embeddings, and mean and variance of every batch normalisation: all means, then all variances.
   */
  backbone: 'FairBackbone',
  /** dy and the above, attributes too. Gives the wanted gradients in this order. */
  backboneGrad: 'FairBackboneGrad',
} as const;

export type FusedOperation = keyof typeof KERNEL_NAMES;

export interface SgdAttributes {
  /** One a weight. */
  readonly factors: readonly number[];
  readonly learningRate: number;
  readonly momentum: number;
  readonly weightDecay: number;
}

/** @typeParam Plan see src/learning/networks/plan.ts */
export interface BackboneAttributes<Plan = object> {
  readonly plan: Plan;
  readonly masks: readonly Float32Array[];
  /** Which parameters want a gradient; one a parameter. */
  readonly wanted: readonly boolean[];
}

/** Parameters of an operation beside its inputs. */
export interface FusedAttributes {
  readonly marginSoftmax: { readonly scale: number };
  readonly marginSoftmaxGrad: NoAttributes;
  readonly embeddingMse: { readonly terms: number };
  readonly sgd: SgdAttributes;
  readonly norms: { readonly first: number };
  readonly movingAverage: { readonly share: number };
  readonly normaliseBatch: { readonly epsilon: number };
  readonly normaliseBatchGrad: NoAttributes;
  readonly backbone: BackboneAttributes;
  readonly backboneGrad: BackboneAttributes;
}

type NoAttributes = Readonly<Record<string, never>>;

/** The same as values, for the types do not see what an object has beside them. */
const ATTRIBUTES: { readonly [Name in FusedOperation]: readonly (string & keyof FusedAttributes[Name])[] } = {
  marginSoftmax: ['scale'],
  marginSoftmaxGrad: [],
  embeddingMse: ['terms'],
  sgd: ['factors', 'learningRate', 'momentum', 'weightDecay'],
  norms: ['first'],
  movingAverage: ['share'],
  normaliseBatch: ['epsilon'],
  normaliseBatchGrad: [],
  backbone: ['plan', 'masks', 'wanted'],
  backboneGrad: ['plan', 'masks', 'wanted'],
};

/** Whether the engine in use has the operation; where it does not, it must be composed. */
export function hasFused(tf: Tf, operation: FusedOperation): boolean {
  return Boolean(tf.getKernel(KERNEL_NAMES[operation], tf.getBackend()));
}

/** Throws an Error where the engine in use does not have the operation, or its attributes are others than those that it takes. */
export function runFused<Name extends FusedOperation>(
  tf: Tf,
  operation: Name,
  inputs: Readonly<Record<string, Tensor>> | readonly Tensor[],
  ...[attributes]: FusedAttributes[Name] extends NoAttributes ? [] : [FusedAttributes[Name]]
): Tensor[] {
  const kernel = KERNEL_NAMES[operation];
  const given = attributesOf(operation, attributes) as unknown as NamedAttrMap;
  return [tf.engine().runKernel<Tensor | Tensor[]>(kernel, inputs as NamedTensorMap, given)].flat();
}

/**
 * The attributes that a kernel of the operation got. Throws an Error unless it is exactly what the operation takes, numbers being finite: one that
 * is missing has no default, and one too many is a sign of an object that was spread over what had been computed.
 */
export function attributesOf<Name extends FusedOperation>(operation: Name, given: object = {}): FusedAttributes[Name] {
  const wanted: readonly string[] = ATTRIBUTES[operation];
  const found = Object.entries(given);
  const names = found.map(([name]) => name);
  const isUsable = (value: unknown): boolean => value !== undefined && (typeof value !== 'number' || isFinite(value));
  if (names.length === wanted.length && wanted.every(name => names.includes(name) && isUsable(given[name as never])))
    return given as FusedAttributes[Name];
  const shown = found.map(([name, value]) => (isUsable(value) ? name : `${name} (${String(value)})`));
  throw new Error(`Run ${operation}: got the attributes [${shown.join(', ')}], want [${wanted.join(', ')}]`);
}
