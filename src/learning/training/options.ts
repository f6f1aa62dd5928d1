import { memberOption, memberWithOptions } from '../../family';
import type { Option } from '../../kit/option-types';
import { choice, integer, list } from '../../kit/options';
import { many, optional } from '../../stage-inputs';
import { AUGMENTATIONS } from '../augmentations';
import { PRECISIONS } from '../engines/engine';
import { LOSSES } from '../losses';
import { INITIALISATIONS } from '../networks/first-weights';
import { OPTIMISERS } from '../optimisers';
import { ratePerStep } from '../optimisers/learning-rate';
import { SAMPLERS } from '../samplers';
import { SCHEDULES } from '../schedules';
import { STUDENTS } from '../students';
import type { OptimiserChoice, Recipe, TermChoice } from './recipe';

/** Options with the learning rate as steps use it. */
export function withRatePerStep<Options extends { readonly optimiser: OptimiserChoice; readonly batch: number }>(
  options: Options,
): Omit<Options, 'optimiser'> & Pick<Recipe, 'optimiser'> {
  const { optimiser, batch } = options;
  return { ...options, optimiser: { ...optimiser, learningRate: ratePerStep(optimiser.learningRate, batch) } };
}

/** The option that names a backbone. */
export function studentOption(
  description: string,
  fallback: (typeof STUDENTS.names)[number],
): Option<(typeof STUDENTS.names)[number]> {
  return memberOption(STUDENTS, { description, fallback });
}

/**
 * The option `terms`.
 * @param losses with their own defaults: what is minimised by default
 * @param stage without a teacher it offers the losses that need none
 */
export function termsOption(
  losses: readonly LossName[],
  { hasTeacher }: { readonly hasTeacher: boolean } = { hasTeacher: true },
): Option<readonly TermChoice[]> {
  return list(
    'Losses whose weighted sum is minimised; two may be the same loss with different options',
    hasTeacher
      ? memberWithOptions(LOSSES, 'loss', 'A loss and its weight')
      : memberWithOptions(withoutTeacher(), 'loss', 'A loss that needs no teacher, and its weight'),
    { minItems: 1, default: losses.map(loss => ({ loss })) },
  );
}

type LossName = (typeof LOSSES.names)[number];

function withoutTeacher(): typeof LOSSES {
  const names = LOSSES.names.filter(name => !LOSSES.members[name].needsTeacher);
  const members = Object.fromEntries(names.map(name => [name, LOSSES.members[name]]));
  return { ...LOSSES, names, members: members as typeof LOSSES.members };
}

/** What both training stages let the user choose beside `terms`. Stages spread it. */
export const TRAINING_OPTIONS = {
  epochs: integer('How often every face is learnt from', { minimum: 1, default: 12 }),
  batch: integer('Faces per step; a rest at the end of an epoch is skipped in it', {
    minimum: 2,
    default: 64,
  }),
  optimiser: memberWithOptions(OPTIMISERS, 'optimiser', 'How gradients change the weights', {
    default: { optimiser: 'sgd' },
  }),
  schedule: memberWithOptions(SCHEDULES, 'schedule', 'How the learning rate changes over the training', {
    default: { schedule: 'steps' },
  }),
  sampler: memberWithOptions(SAMPLERS, 'sampler', 'Which faces an epoch contains, and in which order', {
    default: { sampler: 'shuffled' },
  }),
  augmentations: list(
    'Changes of a face before it is learnt from, one after another; an empty list changes nothing',
    memberWithOptions(AUGMENTATIONS, 'augmentation', 'A change'),
    { default: [{ augmentation: 'flip' }] },
  ),
  initialisation: choice(
    'Distribution of the first weights. `published`: as in the code that the network comes from (MobileFaceNet: N(0, 2 / fan-out); ' +
      'iResNet: convolutions N(0, 0.1²), the dense layer uniform in ±1 / √inputs; tiny and small, which are ours: as MobileFaceNet). ' +
      '`he-fan-out`: N(0, 2 / fan-out) for every network; `he-fan-out-per-group`: the same, but a depthwise kernel counts one channel only',
    INITIALISATIONS,
    { default: 'published' },
  ),
  embeddingSize: integer('Values of an embedding', { minimum: 1, default: 512 }),
  precision: choice(
    'Precision of the products; bf16 is faster on processors that have it; sums and weights stay f32. `pipeline doctor` shows which engines have it',
    PRECISIONS,
    { default: 'f32' },
  ),
  replicas: integer(
    'Threads that share every batch; the result changes by rounding only. For engines ' +
      'that run on one core; `batch` must be a multiple of it',
    { minimum: 1, maximum: 64, default: 1 },
  ),
  seed: integer('Decides the first weights, margins, order and mirroring', { minimum: 0, default: 1 }),
};

/** Inputs of every training stage. */
export const TRAINING_INPUTS = {
  faces: many('face-set', 'Faces to learn from, one set or several'),
  selection: optional('face-selection', 'Which of these faces; by default all'),
};
