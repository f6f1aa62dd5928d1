import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines';
import { drawMargins, elasticArcFace, embeddingMse, type HeadLoss } from '../losses';
import type { Random } from '../math/random';
import { trainForward, type BatchStatistics, type Parameters } from '../networks';
import type { Batch } from './batch';
import { CENTRES, type Learner } from './learner';
import type { Recipe } from './recipe';

/** Forward and backward pass of one batch. All tensors are the caller's to dispose. */
export interface Differentiated {
  /** [4]: total, identity and distillation loss before their weights, share of faces nearest to their own centre. */
  readonly losses: Tensor;
  /** In the order of `learner.trained`. */
  readonly gradients: readonly Tensor[];
  /** By batch normalisation. */
  readonly statistics: ReadonlyMap<string, BatchStatistics>;
}

export function differentiate(tf: Tf, learner: Learner, batch: Batch, recipe: Recipe, random: Random): Differentiated {
  const statistics = new Map<string, BatchStatistics>();
  const margins = drawMargins(batch.count, recipe.margin, random);
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
