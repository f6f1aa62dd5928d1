import { object, type TypeOf } from '../../src/kit/options';
import { MOVED_OF_STUDENT } from '../../src/learning/training/moved-options';
import { studentOption, termsOption, TRAINING_INPUTS, TRAINING_OPTIONS } from '../../src/learning/training/options';
import { PEOPLE_OPTIONS } from '../../src/learning/training/people-options';
import { recipeObjections } from '../../src/learning/training/recipe-objections';
import type { Stage } from '../../src/stage';
import { many } from '../../src/stage-inputs';

const options = object('How a student is trained', {
  student: studentOption('Network of the student', 'tiny'),
  ...PEOPLE_OPTIONS,
  terms: termsOption(['elastic-arcface', 'embedding-mse']),
  ...TRAINING_OPTIONS,
});

const inputs = {
  ...TRAINING_INPUTS,
  embeddings: many(
    'embedding-set',
    "A teacher's embeddings of every one of the face sets; needed where a term learns from a teacher",
    { optional: true },
  ),
};

/** Trains a student by identity and by what a teacher makes of the same faces. */
export const distillStudent: Stage<TypeOf<typeof options>, typeof inputs> = {
  name: 'distill-student',
  summary: "Trains a student by a weighted sum of losses, the distance to a teacher's cached embeddings among them",
  version: 1,
  usesEngine: true,
  options,
  movedOptions: MOVED_OF_STUDENT,
  objections: ({ terms }, { embeddings = 0 }) => recipeObjections(terms, embeddings),
  inputs,
  outputs: { model: { type: 'face-model', summary: 'The student: ONNX, weights and description' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
