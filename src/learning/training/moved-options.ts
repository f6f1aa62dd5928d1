import { isSchema } from '../../kit/schema-parts';
import type { Json, MovedOptions } from '../../stage';

type Given = Readonly<Record<string, Json>>;
type Members = readonly (readonly [name: string, text: string | undefined])[];

/** What stands in place of a value that the old option did not take. */
const UNKNOWN = '…';
const LONGEST_LIST = 30;

/** Options that earlier versions of every training stage had. */
const OF_TRAINING: readonly MovedOptions[] = [
  {
    names: ['learningRate', 'momentum', 'weightDecay'],
    now: given =>
      `optimiser: ${map([
        ['optimiser', 'sgd'],
        ['learningRate', rateText(given['learningRate'])],
        ['momentum', numberText(given['momentum'])],
        ['weightDecay', numberText(given['weightDecay'])],
      ])}`,
  },
  {
    names: ['milestones', 'gamma'],
    now: given =>
      `schedule: ${map([
        ['schedule', 'steps'],
        ['milestones', listText(given['milestones'])],
        ['gamma', numberText(given['gamma'])],
      ])}`,
  },
  {
    names: ['flip'],
    now: ({ flip }) => `augmentations: ${flip === true ? '[{ augmentation: flip }]' : flip === false ? '[]' : UNKNOWN}`,
  },
];

/** Those of `train-teacher`. */
export const MOVED_OF_TEACHER: readonly MovedOptions[] = [
  ...OF_TRAINING,
  { names: ['margin', 'scale'], now: given => `terms: [${identity(given)}]` },
];

/** Those of `distill-student`, which learnt from a teacher unless the weight of that was 0. */
export const MOVED_OF_STUDENT: readonly MovedOptions[] = [
  ...OF_TRAINING,
  {
    names: ['identityWeight', 'margin', 'scale', 'distillation'],
    now: given => `terms: [${[identity(given), ...distance(given['distillation'])].join(', ')}]`,
  },
];

function identity({ identityWeight, scale, margin }: Given): string {
  return map([
    ['loss', 'elastic-arcface'],
    ['weight', numberText(identityWeight)],
    ['scale', numberText(scale)],
    ['margin', marginText(margin)],
  ]);
}

function distance(distillation: Json | undefined): string[] {
  const { weight, reduction }: Given = isSchema(distillation)
    ? distillation
    : // Given, and no map.
      { ...(distillation !== undefined && { weight: UNKNOWN }) };
  if (weight === 0) return [];
  const isReduction = reduction === undefined || reduction === 'mean' || reduction === 'sum';
  return [
    map([
      ['loss', 'embedding-mse'],
      ['weight', numberText(weight)],
      ['reduction', isReduction ? reduction : UNKNOWN],
    ]),
  ];
}

function marginText(margin: Json | undefined): string | undefined {
  if (margin === undefined) return undefined;
  if (!isSchema(margin)) return UNKNOWN;
  const { mean, std } = margin as Given;
  return map([
    ['mean', numberText(mean)],
    ['std', numberText(std)],
  ]);
}

function rateText(rate: Json | undefined): string | undefined {
  return isSchema(rate) ? map([['perImage', numberText((rate as Given)['perImage'])]]) : numberText(rate);
}

function listText(list: Json | undefined): string | undefined {
  if (list === undefined) return undefined;
  return Array.isArray(list) && list.length <= LONGEST_LIST ? `[${list.map(numberText).join(', ')}]` : UNKNOWN;
}

function numberText(value: Json | undefined): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'number' ? String(value) : UNKNOWN;
}

/** As YAML on one line, without what is undefined. */
function map(members: Members): string {
  const written = members.flatMap(([name, text]) => (text === undefined ? [] : [`${name}: ${text}`]));
  return written.length === 0 ? '{}' : `{ ${written.join(', ')} }`;
}
