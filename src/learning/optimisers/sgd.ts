import type { Tensor } from '@tensorflow/tfjs-core';
import { number, object, type TypeOf } from '../../kit/options';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import { clipOption, PUBLISHED_RATE, rateOption } from './learning-rate';
import type { Optimiser, OptimiserState, StepAt, Update } from './optimiser';

/** Of a step. Goyal et al. 2017 (arXiv 1706.02677): 0.1 for 256 images, up to a batch of 8,192. Beyond, published recipes have other optimisers. */
const MOST_RATE = 3.2;
/** Twenty times that of ArcFace and ElasticFace; He et al. 2016 (arXiv 1512.03385) have 1e-4. */
const MOST_DECAY = 0.01;
/** 0.9 everywhere. A gradient counts 1 / (1 - momentum) times in all. */
const MOST_MOMENTUM = 0.99;

const options = object('Stochastic gradient descent with momentum', {
  learningRate: rateOption(
    PUBLISHED_RATE,
    'The default is that of arXiv 2408.17399: 0.1 / 512 an image, which is 0.025 at batch 128 and 0.0125 at 64',
  ),
  momentum: number('Momentum, as in PyTorch', { minimum: 0, exclusiveMaximum: 1, default: 0.9 }),
  weightDecay: number('Weight decay of every trained parameter, those of batch normalisation and PReLU included', {
    minimum: 0,
    default: 5e-4,
  }),
  clip: clipOption(),
});

type SgdOptions = TypeOf<typeof options>;

/**
 * Stochastic gradient descent in PyTorch's convention: v = momentum * v + (factor * gradient + weightDecay * w), then
 * w = w - learningRate * v, with v = 0 at the start. Momentum and decay as in the code of arXiv 2408.17399.
 */
export const sgd: Optimiser<SgdOptions> = {
  summary: 'Stochastic gradient descent with momentum, as in PyTorch',
  options,
  slots: ['velocity'],
  step(tf, state, updates, at, chosen) {
    const form = hasFused(tf, 'sgd') ? fusedStep : composedStep;
    form(tf, state, updates, at, chosen);
  },
  odd: ({ learningRate, momentum, weightDecay }) => [
    ...(learningRate > MOST_RATE
      ? [
          `learningRate ${learningRate} a step, beyond any published recipe: at most ${MOST_RATE}, at batch 8,192 (arXiv 1706.02677); ` +
            'ArcFace and ElasticFace have 0.1 for 512 images. Clipped gradients may hide that it diverges',
        ]
      : []),
    ...(momentum > MOST_MOMENTUM
      ? [
          `momentum ${momentum}, beyond any published recipe: 0.9, in some at most ${MOST_MOMENTUM}. Gradients count ` +
            `${Number((1 / (1 - momentum)).toPrecision(3))} times`,
        ]
      : []),
    ...(weightDecay > MOST_DECAY
      ? [
          `weightDecay ${weightDecay}, beyond any published recipe with this optimiser: 1e-4 (arXiv 1512.03385) to 5e-4 (ArcFace, ` +
            'arXiv 1801.07698); those of AdamW are other numbers',
        ]
      : []),
  ],
};

type Settings = Pick<SgdOptions, 'momentum' | 'weightDecay'>;

/** All parameters with decay in one native call and in place, which halves the traffic to memory; those without in another. */
function fusedStep(
  tf: Tf,
  { parameters, slots }: OptimiserState,
  updates: readonly Update[],
  { learningRate }: StepAt,
  { momentum, weightDecay }: Settings,
): void {
  const velocities = slots['velocity']!;
  for (const [group, decay] of byDecay(updates, weightDecay)) {
    const weights = group.map(({ name }) => parameters.get(name)!);
    const velocityOf = (name: string, i: number): Tensor => {
      const velocity = velocities.get(name) ?? tf.zerosLike(weights[i]!);
      velocities.set(name, velocity);
      return velocity;
    };
    runFused(
      tf,
      'sgd',
      [...weights, ...group.map(({ gradient }) => gradient), ...group.map(({ name }, i) => velocityOf(name, i))],
      { factors: group.map(({ factor = 1 }) => factor), learningRate, momentum, weightDecay: decay },
    );
  }
}

/** Exported as the reference of the fused form. */
export function composedStep(
  tf: Tf,
  { parameters, slots }: OptimiserState,
  updates: readonly Update[],
  { learningRate }: StepAt,
  { momentum, weightDecay }: Settings,
): void {
  const velocities = slots['velocity']!;
  for (const [group, wanted] of byDecay(updates, weightDecay)) {
    for (const { name, gradient, factor = 1 } of group) {
      const old = parameters.get(name)!;
      const before = velocities.get(name);
      const velocity: Tensor = tf.tidy(() => {
        const scaled = factor === 1 ? gradient : tf.mul(gradient, factor);
        const force: Tensor = tf.add(scaled, tf.mul(old, wanted));
        return before ? tf.add(tf.mul(before, momentum), force) : force;
      });
      const moved: Tensor = tf.tidy(() => tf.sub(old, tf.mul(velocity, learningRate)));
      velocities.set(name, velocity);
      parameters.set(name, moved);
      tf.dispose([old, ...(before ? [before] : [])]);
    }
  }
}

/** Updates that decay so much, and those that do not; a group without any is left out. */
function byDecay(updates: readonly Update[], weightDecay: number): (readonly [readonly Update[], number])[] {
  const groups = [
    [updates.filter(({ decay = true }) => decay), weightDecay],
    [updates.filter(({ decay = true }) => !decay), 0],
  ] as const;
  return groups.filter(([group]) => group.length > 0);
}
