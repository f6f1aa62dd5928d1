import {
  studentOption,
  TRAINING_INPUTS,
  TRAINING_OPTIONS,
  type TrainingOptions,
} from '../../src/learning/training/options';
import { PEOPLE_OPTIONS, type PeopleOptions } from '../../src/learning/training/people-options';
import type { Recipe } from '../../src/learning/training/recipe';
import type { Stage } from '../../src/stage';
import { many } from '../../src/stage-inputs';

interface StudentOptions extends TrainingOptions, PeopleOptions, Pick<Recipe, 'identityWeight' | 'distillation'> {
  readonly student: string;
}

const inputs = {
  ...TRAINING_INPUTS,
  embeddings: many(
    'embedding-set',
    "A teacher's embeddings of every one of the face sets; needed unless the distillation weight is 0",
    { optional: true },
  ),
};

/** Trains a student by identity and by what a teacher makes of the same faces. */
export const distillStudent: Stage<StudentOptions, typeof inputs> = {
  name: 'distill-student',
  summary: "Trains a student with ElasticFace-Arc and the distance to a teacher's cached embeddings",
  version: 1,
  usesEngine: true,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      student: studentOption('Network of the student', 'tiny'),
      ...PEOPLE_OPTIONS,
      ...TRAINING_OPTIONS,
      identityWeight: {
        type: 'number',
        minimum: 0,
        default: 1,
        description: 'Factor on the identity loss; 0 learns from the teacher alone',
      },
      distillation: {
        type: 'object',
        additionalProperties: false,
        default: {},
        properties: {
          weight: {
            type: 'number',
            minimum: 0,
            default: 10000,
            description: 'Factor on the distance; 0 trains without a teacher',
          },
          reduction: {
            type: 'string',
            enum: ['mean', 'sum'],
            default: 'mean',
            description: 'Squared differences averaged over batch and dimensions, or summed over dimensions',
          },
        },
        description: 'Mean squared distance between the normalised embeddings of student and teacher',
      },
    },
  },
  inputs,
  outputs: { model: { type: 'face-model', summary: 'The student: ONNX, weights and description' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
