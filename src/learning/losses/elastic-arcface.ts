import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Random } from '../../kit/math/random';
import { number, object, type TypeOf } from '../../kit/options';
import { percent } from '../../kit/text/percent';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import type { Loss } from './loss';
import { toUnit } from './unit';
import { weight } from './weight';

/** A quarter turn: beyond it a margin no longer makes its own class harder for a face at right angles to all. */
const MAX_MARGIN = 1.57;
/** Publications have 16 to 64. The softmax of a few classes is flat with less, and of any with more a choice of one. */
const [LEAST_SCALE, MOST_SCALE] = [4, 256];

const options = object('Classifies identities by a softmax over the cosines to class centres, with an angular margin', {
  weight: weight(1, 'Factor on this loss; 0 measures it and learns nothing from it'),
  scale: number('Factor on the cosines before the softmax', { exclusiveMinimum: 0, default: 64 }),
  margin: object(
    'Angular margin, drawn again for every face in every step',
    {
      mean: number('Radians, not degrees', { minimum: 0, maximum: MAX_MARGIN, default: 0.5 }),
      std: number('Radians; 0 is ArcFace', { minimum: 0, maximum: MAX_MARGIN, default: 0.05 }),
    },
    { default: {} },
  ),
});

type ElasticArcFaceOptions = TypeOf<typeof options>;

/** Margin in radians, drawn again for every face in every step; std 0 is ArcFace. */
export type Margin = ElasticArcFaceOptions['margin'];

/** ElasticFace-Arc (Boutros et al. 2022), see `elasticArcFace`. Measures `accuracy`: the share of faces nearest to their own centre, without margin. */
export const elasticArcFaceLoss: Loss<ElasticArcFaceOptions> = {
  summary: 'ElasticFace-Arc: tells identities apart with a random angular margin',
  options,
  needsTeacher: false,
  measures: ['accuracy'],
  // Identities that are known well have little loss.
  least: { share: 1e-4, hint: 'see the weights of the terms' },
  parameters: ({ dimensions, classes }) => [
    {
      name: 'centres',
      shape: [dimensions, classes],
      initial: random => initialCentres(dimensions, classes, random),
      // As in the code of arXiv 2408.17399.
      clip: false,
      decay: true,
    },
  ],
  draws: (faces, random, { margin }) => ({ margins: drawMargins(faces, margin, random) }),
  value(tf, { embeddings, labels, own, drawn }, { scale }) {
    const centres = own['centres'] as Tensor2D;
    const { loss, accuracy } = elasticArcFace(tf, {
      features: embeddings,
      centres,
      labels,
      margins: drawn['margins']!,
      scale,
    });
    return { loss, measures: { accuracy } };
  },
  odd: ({ scale }) =>
    scale < LEAST_SCALE || scale > MOST_SCALE
      ? [`scale ${scale}, beyond any published recipe: 16 to 64 (ArcFace, arXiv 1801.07698: 64)`]
      : [],
  /** At most three standard deviations above 1 / classes, as if the nearest centre of each face were drawn. */
  unlearnt({ measures: { accuracy = 0 }, faces, classes }) {
    const chance = 1 / classes;
    const deviation = Math.sqrt((chance * (1 - chance)) / faces);
    if (accuracy > chance + 3 * deviation) return undefined;
    return (
      `${percent(accuracy)} of the faces are nearest to the centre of their own identity, where chance gives ${percent(chance)} of ${classes}. ` +
      'Too few steps, too high or too low a learning rate, or another term beside whose weight it counts nothing: look at pictures/loss.svg'
    );
  },
};

/** Keeps the derivative of arccos finite: |cos| at most 1 - 1e-6, where it is 700. */
const LARGEST_COSINE = 1 - 1e-6;

/** Untrained class centres: [dimensions, classes] from N(0, 0.01) in row-major order, as in ElasticFace. */
export function initialCentres(dimensions: number, classes: number, random: Random): Float32Array {
  return Float32Array.from({ length: dimensions * classes }, () => 0.01 * random.normal());
}

/** One margin per face of a batch. Not limited to a range, as in ElasticFace. */
export function drawMargins(count: number, { mean, std }: Margin, random: Random): Float32Array {
  return Float32Array.from({ length: count }, () => mean + std * random.normal());
}

export interface Head {
  /** [n, dimensions]. */
  readonly features: Tensor2D;
  /** [dimensions, classes]. */
  readonly centres: Tensor2D;
  /** [n] int32: the class of each face. */
  readonly labels: Tensor1D;
  /** [n], radians. */
  readonly margins: Tensor1D;
  /** Factor on the cosines before the softmax. */
  readonly scale: number;
}

export interface HeadLoss {
  readonly loss: Scalar;
  /** Share of the faces whose nearest centre, without margin, is that of their class. Not differentiable. */
  readonly accuracy: Scalar;
}

/**
 * ElasticFace-Arc (Boutros et al. 2022, equation 3): the mean cross-entropy of a softmax over `scale` * cosine between features
 * and centres, with the own class's angle θ widened by the face's margin. Differentiable in features and centres.
 *
 * Differentiates through cos(θ + m), as ElasticFace does (insightface's ArcFace passes the gradient straight through). Written
 * cos θ cos m - sin θ sin m, which needs no arccos and continues past θ + m = π, as there.
 */
export function elasticArcFace(tf: Tf, head: Head): HeadLoss {
  return hasFused(tf, 'marginSoftmax') ? fusedArcFace(tf, head) : composedArcFace(tf, head);
}

/** In two native calls: at 10,000 classes every tensor [n, classes] that is not made saves a pass over megabytes. */
function fusedArcFace(tf: Tf, { features, centres, labels, margins, scale }: Head): HeadLoss {
  const op = tf.customGrad((...args) => {
    const [features, centres, save] = args as unknown as [Tensor2D, Tensor2D, (tensors: Tensor[]) => void];
    const [value, ...slopes] = runFused(tf, 'marginSoftmax', { features, centres, labels, margins }, { scale });
    save([features, centres, ...slopes]);
    return {
      value: value!,
      gradFunc: (dy, saved) => {
        const [features, centres, products, ofFeatures, ofCentres] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor];
        return runFused(tf, 'marginSoftmaxGrad', { dy, features, centres, products, ofFeatures, ofCentres });
      },
    };
  });
  const [loss, accuracy] = tf.unstack(op(features, centres)) as [Scalar, Scalar];
  return { loss, accuracy };
}

/** From the operations that every engine has. Exported as the reference of the fused form. */
export function composedArcFace(tf: Tf, { features, centres, labels, margins, scale }: Head): HeadLoss {
  const own = tf.cast(tf.oneHot(labels, centres.shape[1]), 'float32');
  const cosines: Tensor2D = tf.matMul(toUnit(tf, features, 1), toUnit(tf, centres, 0));
  const cosine = tf.clipByValue(tf.sum(tf.mul(cosines, own), 1), -LARGEST_COSINE, LARGEST_COSINE);
  const sine = tf.sqrt(tf.sub(1, tf.square(cosine)));
  const widened = tf.sub(tf.mul(cosine, tf.cos(margins)), tf.mul(sine, tf.sin(margins)));
  const withMargin = tf.add(cosines, tf.mul(own, tf.expandDims(tf.sub(widened, cosine), 1)));
  const logProbabilities = tf.logSoftmax(tf.mul(withMargin, scale));
  const loss: Scalar = tf.neg(tf.mean(tf.sum(tf.mul(logProbabilities, own), 1)));
  const accuracy: Scalar = tf.mean(tf.cast(tf.equal(tf.argMax(cosines, 1), labels), 'float32'));
  return { loss, accuracy };
}
