import type { Backbone, Layer } from '../networks/layer';
import { convolution } from './blocks';

interface IResNet {
  readonly name: string;
  /** Blocks in each of the four stages. */
  readonly depths: readonly [number, number, number, number];
  /** Share of the values before the dense layer that training drops. */
  readonly dropout: number;
}

const WIDTHS = [64, 128, 256, 512] as const;

/**
 * The improved residual network of ArcFace as in insightface's `iresnet.py`: pre-activation blocks whose stride sits on the second
 * convolution, no activation after the addition, no pooling, and a last batch normalisation whose gamma stays 1.
 */
export function iresnet({ name, depths, dropout }: IResNet): Backbone {
  const stages = WIDTHS.flatMap((width, stage) =>
    Array.from({ length: depths[stage]! }, (_, i) => block(`stage${stage + 1}/${i + 1}`, width, i === 0)),
  );
  return {
    name,
    inputSize: 112,
    embeddingSize: 512,
    initialisation: {
      convolutions: 0.1,
      // Nobody initialises it there, so that PyTorch's default holds: of 25,088 inputs, 1 / sqrt(25088) = 0.0063 at most.
      dense: 'uniform-fan-in',
      source: 'insightface, arcface_torch/backbones/iresnet.py, which the code of arXiv 2408.17399 took over',
    },
    layers: [
      ...convolution('stem', 64, { kernel: 3 }),
      ...stages,
      { op: 'batch-norm', name: 'last/bn' },
      { op: 'flatten', name: 'flatten' },
      ...(dropout > 0 ? [{ op: 'dropout', name: 'dropout', rate: dropout } as const] : []),
      { op: 'dense', name: 'embedding', units: 512, bias: true },
      { op: 'batch-norm', name: 'embedding/bn', fixedGamma: true },
    ],
  };
}

/** The first block of a stage halves the side, so its shortcut needs a convolution even where the channels stay. */
function block(name: string, width: number, first: boolean): Layer {
  const stride = first ? 2 : 1;
  return {
    op: 'residual',
    name,
    body: [
      { op: 'batch-norm', name: `${name}/bn1` },
      { op: 'conv', name: `${name}/conv1`, filters: width, kernel: 3, stride: 1, pad: 1 },
      { op: 'batch-norm', name: `${name}/bn2` },
      { op: 'prelu', name: `${name}/prelu` },
      { op: 'conv', name: `${name}/conv2`, filters: width, kernel: 3, stride, pad: 1 },
      { op: 'batch-norm', name: `${name}/bn3` },
    ],
    shortcut: first
      ? [
          { op: 'conv', name: `${name}/shortcut/conv`, filters: width, kernel: 1, stride, pad: 0 },
          { op: 'batch-norm', name: `${name}/shortcut/bn` },
        ]
      : [],
  };
}
