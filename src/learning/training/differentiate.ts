import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import type { TermValue } from '../losses/loss';
import type { Random } from '../../kit/math/random';
import { trainForward, type Backbone, type BatchStatistics, type Parameters } from '../networks';
import { withPeers } from '../networks/batch-norm';
import { planTraining } from '../networks/plan';
import type { Batch } from './batch';
import type { Learner } from './learner';
import type { Exchange } from './replicas/exchange';
import { partOf, randomOfPart, type Part } from './replicas/shard';
import { placeOf, type Term } from './terms';

/** Forward and backward pass of one batch. All tensors are the caller's to dispose. */
export interface Differentiated {
  /** One dimension: the weighted sum, every term before its weight, then what the terms measure, as `reportedOf` names them. */
  readonly losses: Tensor;
  /** In the order of `learner.trained`. */
  readonly gradients: readonly Tensor[];
  /** By batch normalisation. */
  readonly statistics: ReadonlyMap<string, BatchStatistics>;
}

/**
 * @param batch with an exchange, a part of a batch; what is given is that of the whole one
 * @param random in the same state for all parts
 */
export function differentiate(
  tf: Tf,
  learner: Learner,
  batch: Batch,
  terms: readonly Term[],
  random: Random,
  exchange?: Exchange,
): Differentiated {
  const part = exchange ?? WHOLE;
  const drawn = terms.map(term => drawFor(term, batch.count, part, random));
  if (!exchange) return differentiatePart(tf, learner, batch, terms, { drawn, random });
  const masks = randomOfPart(random, part, maskSizes(learner.backbone, batch.count));
  const own = withPeers(tf, exchange, () => differentiatePart(tf, learner, batch, terms, { drawn, random: masks }));
  return averaged(tf, own, exchange);
}

const WHOLE: Part = { index: 0, count: 1 };

type TermDraws = Readonly<Record<string, Float32Array>>;

/** What a term draws for a part of a batch; the random numbers of the whole batch are used up. */
function drawFor({ loss, options }: Term, faces: number, part: Part, random: Random): TermDraws {
  const whole = loss.draws?.(faces * part.count, random, options) ?? {};
  return Object.fromEntries(Object.entries(whole).map(([name, values]) => [name, partOf(values, part)]));
}

/** Values in the dropout masks of a part of a batch, in the order of drawing. */
function maskSizes(backbone: Backbone, images: number): number[] {
  return (planTraining(backbone)?.masks ?? []).map(({ size }) => size * images);
}

/** Means over the parts, which are equal in size. The statistics are those of all already. */
function averaged(tf: Tf, { losses, gradients, statistics }: Differentiated, exchange: Exchange): Differentiated {
  const own = [losses, ...gradients];
  const means = exchange.average(valuesOf(own));
  const [loss, ...others] = means.map((values, i) => tf.tensor(values, own[i]!.shape, 'float32'));
  tf.dispose(own);
  return { losses: loss!, gradients: others, statistics };
}

/** One after another: they may be copies. */
function* valuesOf(tensors: readonly Tensor[]): Generator<Float32Array> {
  for (const tensor of tensors) yield tensor.dataSync<'float32'>();
}

interface Drawn {
  /** By term. */
  readonly drawn: readonly TermDraws[];
  /** For dropout. */
  readonly random: Random;
}

function differentiatePart(
  tf: Tf,
  learner: Learner,
  batch: Batch,
  terms: readonly Term[],
  { drawn, random }: Drawn,
): Differentiated {
  const statistics = new Map<string, BatchStatistics>();
  const trained = learner.trained.map(({ name }) => name);
  const { losses, gradients } = tf.tidy(() => {
    let losses: Tensor | undefined;
    const { grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const parameters = new Map([...learner.parameters, ...trained.map((name, i) => [name, tensors[i]!] as const)]);
      const embeddings = trainForward(tf, learner.backbone, parameters, pixelsOf(tf, learner, batch), {
        onStatistics: (layer, found) => statistics.set(layer, found),
        random,
      }) as Tensor2D;
      const input = { embeddings, ...knownOf(tf, batch) };
      const values = terms.map((term, i) => valueOf(tf, term, { ...input, parameters, drawn: drawn[i]! }));
      const total = weightedSum(tf, terms, values);
      const measured = terms.flatMap(({ measures }, i) => measures.map(([own]) => values[i]!.measures[own]!));
      losses = tf.keep(tf.stack([total, ...values.map(({ loss }) => loss), ...measured]));
      return total;
    })(trained.map(name => learner.parameters.get(name)!));
    return { losses: losses!, gradients: grads };
  });
  return { losses, gradients, statistics };
}

function pixelsOf(tf: Tf, { backbone }: Learner, { count, pixels }: Batch): Tensor {
  return tf.tensor4d(pixels, [count, backbone.inputSize, backbone.inputSize, 3], 'float32');
}

interface Known {
  readonly labels: Tensor1D;
  readonly teacher?: Tensor2D;
}

function knownOf(tf: Tf, { count, labels, teacher }: Batch): Known {
  return {
    labels: tf.tensor1d(labels, 'int32'),
    ...(teacher && { teacher: tf.tensor2d(teacher, [count, teacher.length / count]) }),
  };
}

interface Given extends Known {
  readonly embeddings: Tensor2D;
  readonly parameters: Parameters;
  readonly drawn: TermDraws;
}

function valueOf(tf: Tf, { name, loss, options }: Term, { parameters, drawn, ...input }: Given): TermValue {
  const prefix = placeOf(name, '');
  const own = [...parameters].filter(([place]) => place.startsWith(prefix));
  return loss.value(
    tf,
    {
      ...input,
      own: Object.fromEntries(own.map(([place, tensor]) => [place.slice(prefix.length), tensor])),
      drawn: Object.fromEntries(Object.entries(drawn).map(([each, values]) => [each, tf.tensor1d(values)])),
    },
    options,
  );
}

/** From the first term to the last. */
function weightedSum(tf: Tf, terms: readonly Term[], values: readonly TermValue[]): Scalar {
  const weighted: Scalar[] = terms.map(({ weight }, i) => tf.mul(values[i]!.loss, weight));
  return weighted.reduce((sum, one) => tf.add(sum, one));
}
