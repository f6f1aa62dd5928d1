import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { drawMargins, elasticArcFace, embeddingMse, type HeadLoss } from '../losses';
import type { Random } from '../../kit/math/random';
import { trainForward, type Backbone, type BatchStatistics, type Parameters } from '../networks';
import { withPeers } from '../networks/batch-norm';
import { planTraining } from '../networks/plan';
import type { Batch } from './batch';
import { CENTRES, type Learner } from './learner';
import type { Recipe } from './recipe';
import type { Exchange } from './replicas/exchange';
import { partOf, randomOfPart, type Part } from './replicas/shard';

/** Forward and backward pass of one batch. All tensors are the caller's to dispose. */
export interface Differentiated {
  /** [4]: total, identity and distillation loss before their weights, share of faces nearest to their own centre. */
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
  recipe: Recipe,
  random: Random,
  exchange?: Exchange,
): Differentiated {
  const part = exchange ?? WHOLE;
  const margins = partOf(drawMargins(batch.count * part.count, recipe.margin, random), part);
  if (!exchange) return differentiatePart(tf, learner, batch, recipe, { margins, random });
  const masks = randomOfPart(random, part, maskSizes(learner.backbone, batch.count));
  const own = withPeers(tf, exchange, () => differentiatePart(tf, learner, batch, recipe, { margins, random: masks }));
  return averaged(tf, own, exchange);
}

const WHOLE: Part = { index: 0, count: 1 };

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
  readonly margins: Float32Array;
  /** For dropout. */
  readonly random: Random;
}

function differentiatePart(
  tf: Tf,
  learner: Learner,
  batch: Batch,
  recipe: Recipe,
  { margins, random }: Drawn,
): Differentiated {
  const statistics = new Map<string, BatchStatistics>();
  const { losses, gradients } = tf.tidy(() => {
    let losses: Tensor | undefined;
    const { grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const parameters = new Map([
        ...learner.parameters,
        ...learner.trained.map((name, i) => [name, tensors[i]!] as const),
      ]);
      const embeddings = trainForward(tf, learner.backbone, parameters, pixelsOf(tf, learner, batch), {
        onStatistics: (layer, found) => statistics.set(layer, found),
        random,
      }) as Tensor2D;
      const identity = identityLoss(tf, embeddings, parameters, batch, margins, recipe);
      const distillation = distillationLoss(tf, embeddings, batch, recipe);
      const total: Scalar = tf.add(
        tf.mul(identity.loss, recipe.identityWeight),
        tf.mul(distillation, recipe.distillation.weight),
      );
      losses = tf.keep(tf.stack([total, identity.loss, distillation, identity.accuracy]));
      return total;
    })(learner.trained.map(name => learner.parameters.get(name)!));
    return { losses: losses!, gradients: grads };
  });
  return { losses, gradients, statistics };
}

function pixelsOf(tf: Tf, { backbone }: Learner, { count, pixels }: Batch): Tensor {
  return tf.tensor4d(pixels, [count, backbone.inputSize, backbone.inputSize, 3], 'float32');
}

function identityLoss(
  tf: Tf,
  features: Tensor2D,
  parameters: Parameters,
  { labels }: Batch,
  margins: Float32Array,
  { scale }: Recipe,
): HeadLoss {
  return elasticArcFace(tf, {
    features,
    centres: parameters.get(CENTRES) as Tensor2D,
    labels: tf.tensor1d(labels, 'int32'),
    margins: tf.tensor1d(margins),
    scale,
  });
}

function distillationLoss(tf: Tf, student: Tensor2D, { count, teacher }: Batch, { distillation }: Recipe): Scalar {
  if (!teacher) return tf.scalar(0);
  return embeddingMse(tf, student, tf.tensor2d(teacher, [count, teacher.length / count]), distillation.reduction);
}
