import { describe, expect, test } from '@jest/globals';
import { startEngine } from '../../src/engines';
import { onednn } from '../../src/engines/onednn';
import type { Backbone, Layer } from '../../src/networks';
import { planTraining } from '../../src/networks/plan';
import { STUDENTS } from '../../src/students';
import { apart, trainingPass } from '../helpers/training-pass';

const isBuilt = onednn.find('').usable;

const conv = (name: string, filters: number, kernel: number, rest: Partial<Extract<Layer, { op: 'conv' }>> = {}) =>
  ({ op: 'conv', name, filters, kernel, stride: 1, pad: (kernel - 1) / 2, ...rest }) as const;
const bn = (name: string, fixedGamma = false): Layer => ({ op: 'batch-norm', name, fixedGamma });
const prelu = (name: string): Layer => ({ op: 'prelu', name });

function backbone(layers: readonly Layer[], inputSize = 9): Backbone {
  return { name: 'odd', summary: '', inputSize, embeddingSize: 5, layers };
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
];

describe('trainForward()', () => {
  test.each(NETWORKS)('%s: at once on onednn is what the layers give on cpu', async (_, net) => {
    if (!isBuilt) return;
    expect(planTraining(net)).toBeDefined();
    const wanted = await trainingPass(await startEngine('cpu'), net, 4);
    const found = await trainingPass(await startEngine('onednn'), net, 4);
    expect([...found.keys()].sort()).toEqual([...wanted.keys()].sort());
    expect(apart(found, wanted, 1e-4)).toEqual([]);
  });

  test.each(STUDENTS.map(net => [net.name, net] as const))('%s is planned', (_, net) => {
    expect(planTraining(net)).toBeDefined();
  });
});
