import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../engines/engine';
import { hasFused, runFused } from '../engines/fused-kernel';
import { dropoutMask, forward, type Parameters, type TrainingMode } from './forward';
import type { Backbone } from './layer';
import { parametersOf } from './parameters';
import { planTraining, type TrainingPlan } from './plan';

/**
 * A backbone on x [n, size, size, 3] in training: embeddings [n, dimensions], differentiable in the trained parameters. One
 * operation of the engine where it has it ('FairBackbone', see src/learning/engines/onednn/network.ts), layer by layer otherwise.
 */
export function trainForward(
  tf: Tf,
  backbone: Backbone,
  parameters: Parameters,
  x: Tensor,
  training: TrainingMode,
): Tensor {
  const plan = hasFused(tf, 'backbone') ? planOf(backbone) : undefined;
  if (!plan) return forward(tf, backbone.layers, parameters, x, training);
  return atOnce(tf, backbone, plan, parameters, x, training);
}

function atOnce(
  tf: Tf,
  backbone: Backbone,
  plan: TrainingPlan,
  parameters: Parameters,
  x: Tensor,
  training: TrainingMode,
): Tensor {
  const listed = parametersOf(backbone);
  const tensors = listed.map(({ name }) => parameters.get(name)!);
  const trained = tensors.filter((_, i) => listed[i]!.trained);
  const byIndex = Object.fromEntries(tensors.entries());
  const masks = plan.masks.map(({ rate, size }) =>
    dropoutMask(tf, [x.shape[0], size], rate, training.random).dataSync<'float32'>(),
  );
  const attributes = { plan, masks, wanted: listed.map(parameter => parameter.trained) };
  const op = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as (tensors: Tensor[]) => void;
    const [embeddings, ...moments] = runFused(tf, 'backbone', { pixels: x, ...byIndex }, attributes);
    const count = plan.statistics.length;
    for (const [i, layer] of plan.statistics.entries()) {
      training.onStatistics(layer, { mean: tf.keep(moments[i]!), variance: tf.keep(moments[count + i]!) });
    }
    save([x, ...tensors]);
    return {
      value: embeddings!,
      gradFunc: (dy, saved) =>
        runFused(
          tf,
          'backboneGrad',
          { dy, pixels: saved[0]!, ...Object.fromEntries(saved.slice(1).entries()) },
          attributes,
        ),
    };
  });
  return op(...trained);
}

/** The addon knows a plan by its identity. */
const plans = new WeakMap<Backbone, TrainingPlan | 'none'>();

function planOf(backbone: Backbone): TrainingPlan | undefined {
  const plan = plans.get(backbone) ?? planTraining(backbone) ?? 'none';
  plans.set(backbone, plan);
  return plan === 'none' ? undefined : plan;
}
