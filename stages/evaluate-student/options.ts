import { recogniserOptions, type RecogniserChoice } from '../../src/embedding/recogniser/recogniser-options';
import { ALLOW_DUPLICATES } from '../../src/leakage/duplicate-options';
import type { OptionsSchema } from '../../src/stage';

export interface EvaluateOptions extends RecogniserChoice {
  readonly label: string;
  readonly role: 'teacher' | 'distilled' | 'plain' | 'other';
  readonly allowExcluded?: number;
  readonly allowOverlap?: number;
  readonly allowDuplicates?: number;
}

/** A group that has lost more pairs than that is not the group that the list describes. */
export const ALLOW_EXCLUDED = 0.1;

export const EVALUATE_OPTIONS: OptionsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    label: { type: 'string', pattern: '\\S', default: 'student', description: 'What the report calls this model' },
    role: {
      type: 'string',
      enum: ['teacher', 'distilled', 'plain', 'other'],
      default: 'other',
      description: 'Part of the model in the comparison; `plain` is a student that was trained without a teacher',
    },
    allowExcluded: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: ALLOW_EXCLUDED,
      description:
        'Share of the pairs of each group that may be left out because a photograph gave no face. They are counted by group in the report',
    },
    allowOverlap: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: 0,
      description: 'Share of the test faces of a group that the model, or its teacher, may have learnt from',
    },
    allowDuplicates: ALLOW_DUPLICATES,
    ...recogniserOptions('model', 'warn'),
  },
};
