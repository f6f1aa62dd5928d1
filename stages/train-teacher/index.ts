import { object, type TypeOf } from '../../src/kit/options';
import { MOVED_OF_TEACHER } from '../../src/learning/training/moved-options';
import { studentOption, termsOption, TRAINING_INPUTS, TRAINING_OPTIONS } from '../../src/learning/training/options';
import { PEOPLE_OPTIONS } from '../../src/learning/training/people-options';
import { recipeObjections } from '../../src/learning/training/recipe-objections';
import type { Stage } from '../../src/stage';

const options = object('How a teacher is trained', {
  backbone: studentOption('Network of the teacher', 'small'),
  ...PEOPLE_OPTIONS,
  terms: termsOption(['elastic-arcface'], { hasTeacher: false }),
  ...TRAINING_OPTIONS,
});

/** Trains a teacher by identity alone. */
export const trainTeacher: Stage<TypeOf<typeof options>, typeof TRAINING_INPUTS> = {
  name: 'train-teacher',
  summary: 'Trains a teacher on aligned faces, by default with ElasticFace-Arc, and exports it to ONNX',
  version: 1,
  usesEngine: true,
  options,
  movedOptions: MOVED_OF_TEACHER,
  objections: ({ terms }) => recipeObjections(terms, 0),
  inputs: TRAINING_INPUTS,
  outputs: { model: { type: 'face-model', summary: 'The teacher: ONNX, weights and description' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
