import { PRECISIONS, type Precision } from '../engines/engine';
import { INITIALISATIONS, type InitialisationChoice } from '../networks/first-weights';
import type { OptionSchema } from '../../stage';
import { memberOption } from '../../family';
import { STUDENTS } from '../students';
import { many, optional } from '../../stage-inputs';
import { PUBLISHED_RATE, ratePerStep, type LearningRate } from './learning-rate';
import type { Recipe } from './recipe';

/** What both training stages let the user choose, as JSON. */
export interface TrainingOptions extends Omit<Recipe, 'identityWeight' | 'distillation' | 'learningRate'> {
  readonly learningRate: LearningRate;
  readonly initialisation?: InitialisationChoice;
  readonly embeddingSize: number;
  readonly precision: Precision;
  readonly replicas?: number;
}

/** Options with the learning rate as steps use it. */
export function withRatePerStep<Options extends Pick<TrainingOptions, 'learningRate' | 'batch'>>(
  options: Options,
): Omit<Options, 'learningRate'> & Pick<Recipe, 'learningRate'> {
  return { ...options, learningRate: ratePerStep(options.learningRate, options.batch) };
}

export function studentOption(description: string, fallback: (typeof STUDENTS.names)[number]): OptionSchema {
  return memberOption(STUDENTS, { description, fallback });
}

/** A quarter turn: beyond it a margin no longer makes its own class harder for a face at right angles to all. */
const MAX_MARGIN = 1.57;

/** Schemas of `TrainingOptions`. Stages spread them, and change defaults where they differ. */
export const TRAINING_OPTIONS = {
  epochs: { type: 'integer', minimum: 1, default: 12, description: 'Times that every face is learnt from' },
  batch: {
    type: 'integer',
    minimum: 2,
    default: 64,
    description: 'Faces per step; what is left over at the end of an epoch is not used in it',
  },
  learningRate: {
    type: ['number', 'object'],
    exclusiveMinimum: 0,
    additionalProperties: false,
    required: ['perImage'],
    properties: {
      perImage: {
        type: 'number',
        exclusiveMinimum: 0,
        description: 'For each face of a batch: the rate of a step is `batch` times as large',
      },
    },
    default: PUBLISHED_RATE,
    description:
      'Of stochastic gradient descent, before any milestone: the rate of every step, or `{ perImage: r }` for r times `batch`. ' +
      'The default is that of arXiv 2408.17399: 0.1 / 512 an image, which is 0.025 at batch 128 and 0.0125 at 64',
  },
  milestones: {
    type: 'array',
    items: { type: 'integer', minimum: 1 },
    uniqueItems: true,
    default: [8, 11],
    description: 'Epochs, counted from 0, at whose start the learning rate is multiplied by gamma',
  },
  gamma: {
    type: 'number',
    exclusiveMinimum: 0,
    maximum: 1,
    default: 0.1,
    description: 'What a milestone multiplies the learning rate by',
  },
  momentum: { type: 'number', minimum: 0, exclusiveMaximum: 1, default: 0.9, description: 'As in PyTorch' },
  weightDecay: {
    type: 'number',
    minimum: 0,
    default: 5e-4,
    description: 'Of every trained parameter, those of batch normalisation and PReLU included',
  },
  margin: {
    type: 'object',
    additionalProperties: false,
    default: {},
    properties: {
      mean: { type: 'number', minimum: 0, maximum: MAX_MARGIN, default: 0.5, description: 'Radians, not degrees' },
      std: { type: 'number', minimum: 0, maximum: MAX_MARGIN, default: 0.05, description: 'Radians; 0 is ArcFace' },
    },
    description: 'Angular margin of ElasticFace-Arc, drawn anew for every face in every step',
  },
  scale: {
    type: 'number',
    exclusiveMinimum: 0,
    default: 64,
    description: 'Factor on the cosines before the softmax',
  },
  initialisation: {
    type: 'string',
    enum: INITIALISATIONS,
    default: 'published',
    description:
      'Distribution of the first weights. `published`: as in the code that the network comes from (MobileFaceNet: N(0, 2 / fan-out); ' +
      'iResNet: convolutions N(0, 0.1²), the dense layer uniform in ±1 / √inputs; tiny and small, which are ours: as MobileFaceNet). ' +
      '`he-fan-out`: N(0, 2 / fan-out) for every network; `he-fan-out-per-group`: the same, but a depthwise kernel counts one channel only',
  },
  embeddingSize: { type: 'integer', minimum: 1, default: 512, description: 'Values of an embedding' },
  flip: { type: 'boolean', default: true, description: 'Mirrors every face with probability 1/2 in every epoch' },
  precision: {
    type: 'string',
    enum: PRECISIONS,
    default: 'f32',
    description:
      'Of the products; bf16 is faster on processors that have it, sums and weights stay f32. `pipeline doctor` says which engines know it',
  },
  replicas: {
    type: 'integer',
    minimum: 1,
    maximum: 64,
    default: 1,
    description:
      'Threads that learn from a part of every batch each; the result changes by rounding only. For engines ' +
      'that run on one core; `batch` must be a multiple',
  },
  seed: {
    type: 'integer',
    minimum: 0,
    default: 1,
    description: 'First weights, margins, order and mirroring follow from it',
  },
} as const satisfies Readonly<Record<keyof TrainingOptions, OptionSchema>>;

/** What every training stage tells about its inputs. */
export const TRAINING_INPUTS = {
  faces: many('face-set', 'Faces to learn from, one set or several'),
  selection: optional('face-selection', 'Which of them; all unless connected'),
};
