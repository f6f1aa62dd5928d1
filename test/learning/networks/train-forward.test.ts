import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs-core';
import { startEngine } from '../../../src/learning/engines/start-engine';
import { hasFused } from '../../../src/learning/engines/fused-kernel';
import { onednn } from '../../../src/learning/engines/onednn/index';
import { seededRandom } from '../../../src/kit/math/random';
import { initialise, trainForward, type Backbone, type Layer } from '../../../src/learning/networks';
import { planTraining } from '../../../src/learning/networks/plan';
import { ALL_STUDENTS } from '../../helpers/families';
import { apart, relativeDistance, trainingPass, type PassValues } from '../../helpers/training-pass';
import { KNOWS_BF16 } from '../../helpers/usable-engines';

const isBuilt = onednn.find('').usable;
const onNative = isBuilt ? test : test.skip;
const inBf16 = KNOWS_BF16 ? test : test.skip;

const conv = (name: string, filters: number, kernel: number, rest: Partial<Extract<Layer, { op: 'conv' }>> = {}) =>
  ({ op: 'conv', name, filters, kernel, stride: 1, pad: (kernel - 1) / 2, ...rest }) as const;
const bn = (name: string, fixedGamma = false): Layer => ({ op: 'batch-norm', name, fixedGamma });
const prelu = (name: string): Layer => ({ op: 'prelu', name });

function backbone(layers: readonly Layer[], inputSize = 9): Backbone {
  return { name: 'odd', inputSize, embeddingSize: 5, layers };
}

const END: readonly Layer[] = [
  { op: 'flatten', name: 'flatten' },
  { op: 'dense', name: 'dense', units: 5, bias: true },
  bn('end', true),
];

/** Every way in which values, activations and their gradients can meet, on shapes that fit no vector. */
const NETWORKS: readonly (readonly [string, Backbone])[] = [
  ['convolution, normalisation, PReLU', backbone([conv('a', 6, 3, { stride: 2 }), bn('b'), prelu('c'), ...END])],
  [
    'pointwise behind patches',
    backbone([conv('a', 24, 3, { stride: 3, pad: 0 }), bn('b'), prelu('c'), conv('d', 7, 1), bn('e'), ...END]),
  ],
  [
    'dense 3x3, stride 2, rest of a pixel',
    backbone([conv('a', 16, 1), bn('b'), conv('d', 9, 3, { stride: 2, pad: 0 }), bn('e'), prelu('f'), ...END], 10),
  ],
  [
    'depthwise 3x3',
    backbone([conv('a', 16, 3), bn('b'), prelu('c'), conv('d', 16, 3, { groups: 16 }), bn('e'), prelu('f'), ...END]),
  ],
  [
    'depthwise with stride',
    backbone([conv('a', 7, 3), bn('b'), conv('d', 7, 3, { groups: 7, stride: 2 }), bn('e'), ...END]),
  ],
  ['global depthwise', backbone([conv('a', 8, 3), conv('d', 8, 9, { groups: 8, pad: 0 }), bn('e'), ...END])],
  [
    'residual, identity',
    backbone([
      conv('a', 8, 3),
      bn('b'),
      prelu('c'),
      { op: 'residual', name: 'r', body: [conv('d', 8, 1), bn('e')], shortcut: [] },
      conv('g', 6, 1),
      ...END,
    ]),
  ],
  [
    'residual of one 3x3',
    backbone([
      conv('a', 8, 3),
      { op: 'residual', name: 'r', body: [conv('d', 8, 3), bn('e'), prelu('f')], shortcut: [] },
      { op: 'residual', name: 's', body: [conv('h', 8, 3), bn('i')], shortcut: [] },
      ...END,
    ]),
  ],
  [
    'pre-activated residual with shortcut',
    backbone([
      conv('a', 8, 3),
      bn('b'),
      prelu('c'),
      {
        op: 'residual',
        name: 'r',
        body: [bn('n'), conv('d', 6, 3), bn('e'), prelu('p'), conv('f', 6, 3, { stride: 2 }), bn('g')],
        shortcut: [conv('h', 6, 1, { stride: 2 }), bn('i')],
      },
      bn('l'),
      ...END,
    ]),
  ],
  [
    'pre-activated residual, identity',
    backbone([
      conv('a', 8, 3),
      { op: 'residual', name: 'r', body: [bn('n'), conv('d', 8, 3), bn('e')], shortcut: [] },
      bn('l'),
      ...END,
    ]),
  ],
  [
    'a bottleneck',
    backbone([
      conv('a', 8, 3),
      bn('b'),
      {
        op: 'residual',
        name: 'r',
        body: [
          conv('d', 16, 1),
          bn('e'),
          prelu('f'),
          conv('g', 16, 3, { groups: 16 }),
          bn('h'),
          prelu('i'),
          conv('j', 8, 1),
          bn('k'),
        ],
        shortcut: [],
      },
      ...END,
    ]),
  ],
  [
    'PReLU without normalisation, twice normalised',
    backbone([conv('a', 8, 3), prelu('c'), bn('b'), bn('b2'), prelu('c2'), prelu('c3'), ...END]),
  ],
  [
    'normalisation behind flatten, no dense',
    backbone([conv('a', 4, 9, { pad: 0 }), { op: 'flatten', name: 'x' }, bn('y')]),
  ],
  ['dropout', backbone([conv('a', 8, 3), bn('b'), { op: 'dropout', name: 'drop', rate: 0.4 }, ...END])],
  [
    'a branch that begins with dropout',
    backbone([
      conv('a', 8, 3),
      bn('b'),
      {
        op: 'residual',
        name: 'r',
        body: [{ op: 'dropout', name: 'drop', rate: 0.3 }, conv('d', 8, 3), bn('e')],
        shortcut: [],
      },
      ...END,
    ]),
  ],
  [
    'branches that begin with flatten',
    backbone([
      conv('a', 4, 3),
      bn('b'),
      {
        op: 'residual',
        name: 'r',
        body: [
          { op: 'flatten', name: 'x' },
          { op: 'dense', name: 'd', units: 324, bias: false },
        ],
        shortcut: [{ op: 'flatten', name: 'y' }],
      },
      { op: 'dense', name: 'end', units: 5, bias: false },
    ]),
  ],
  [
    'a residual in a shortcut',
    backbone([
      conv('a', 8, 3),
      bn('b'),
      {
        op: 'residual',
        name: 'r',
        body: [conv('d', 8, 3), bn('e')],
        shortcut: [{ op: 'residual', name: 's', body: [conv('g', 8, 3), bn('h')], shortcut: [] }],
      },
      ...END,
    ]),
  ],
];

describe('trainForward()', () => {
  onNative.each(NETWORKS)('%s: at once on onednn is what the layers give on cpu', async (_, net) => {
    expect(planTraining(net)).toBeDefined();
    const wanted = await trainingPass(await startEngine('cpu'), net, 4);
    const tf = await startEngine('onednn');
    expect(hasFused(tf, 'backbone')).toBe(true);
    const found = await trainingPass(tf, net, 4);
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    expect(apart(found, wanted, 1e-4)).toEqual([]);
  });

  onNative.each(NETWORKS)('%s: the loss rises along the gradient as fast as the gradient says', async (_, net) => {
    const tf = await startEngine('onednn');
    const at = await trainingPass(tf, net, 4);
    const gradients = [...at].filter(([name]) => /(kernel|bias|gamma|beta|slope)$/.test(name));
    const length = Math.hypot(...gradients.map(([, values]) => Math.hypot(...values)));
    const lossAt = async (step: number): Promise<number> => {
      const along = new Map(gradients.map(([name, values]) => [name, values.map(value => (step * value) / length)]));
      const moved = await trainingPass(tf, net, 4, (name, values) =>
        values.map((v, i) => v + (along.get(name)?.[i] ?? 0)),
      );
      return moved.get('loss')![0]!;
    };
    const step = 2e-3;
    const slope = ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    expect(Math.abs(slope / length - 1)).toBeLessThan(0.01);
  });

  inBf16.each(NETWORKS)('%s: bf16 differs from float32 by what 8 bits of mantissa allow', async (_, net) => {
    const wanted = await trainingPass(await startEngine('onednn', { precision: 'f32' }), net, 16);
    const found = await trainingPass(await startEngine('onednn', { precision: 'bf16' }), net, 16);
    // A rounding is off by up to 2^-9; a value passes some ten of them on its way, a gradient twice as many.
    expect(relativeDistance(found, wanted, ['embeddings'])).toBeLessThan(0.02);
    const gradients = [...wanted.keys()].filter(name => !/embeddings|mean|variance|loss/.test(name));
    expect(relativeDistance(found, wanted, gradients)).toBeLessThan(0.05);
  });

  onNative(
    'is the same bit by bit when it is done again, and the same but for rounding on another number of threads',
    async () => {
      const [, net] = NETWORKS.find(([title]) => title === 'a bottleneck')!;
      const passes: PassValues[] = [];
      for (const threads of [2, 2, 1])
        passes.push(await trainingPass(await startEngine('onednn', { threads }), net, 6));
      expect(passes[1]).toEqual(passes[0]);
      expect(apart(passes[2]!, passes[0]!, 1e-5)).toEqual([]);
    },
  );

  onNative('refuses a backward pass whose activations another forward pass has replaced', async () => {
    const tf = await startEngine('onednn');
    const [, net] = NETWORKS[0]!;
    const weights = initialise(net, seededRandom(1, 'weights'));
    const parameters = new Map([...weights].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]));
    const training = { random: seededRandom(1), onStatistics: () => undefined };
    const twice = (x: Tensor): Tensor => {
      const first = trainForward(tf, net, new Map([...parameters, ['end/beta', x]]), tf.ones([2, 9, 9, 3]), training);
      trainForward(tf, net, parameters, tf.zeros([2, 9, 9, 3]), training);
      return tf.sum(first);
    };
    expect(() => tf.grad(twice)(parameters.get('end/beta')!)).toThrow('no other in between');
  });

  test.each([
    [
      'a residual over the pixels',
      [{ op: 'residual', name: 'r', body: [conv('a', 3, 3), bn('b')], shortcut: [] }, ...END],
    ],
    ['an output that is an image', [conv('a', 4, 3), bn('b')]],
    ['groups that are no single channels', [conv('a', 8, 3), conv('g', 8, 3, { groups: 2 }), ...END]],
  ] as readonly (readonly [string, readonly Layer[]])[])(
    '%s is not planned, and goes layer by layer',
    async (_, layers) => {
      expect(planTraining(backbone(layers))).toBeUndefined();
      if (!isBuilt) return;
      const wanted = await trainingPass(await startEngine('cpu'), backbone(layers), 3);
      expect(apart(await trainingPass(await startEngine('onednn'), backbone(layers), 3), wanted, 1e-4)).toEqual([]);
    },
  );

  test.each(ALL_STUDENTS.map(net => [net.name, net] as const))('%s is planned', (_, net) => {
    expect(planTraining(net)).toBeDefined();
  });
});
