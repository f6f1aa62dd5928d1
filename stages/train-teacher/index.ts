import {
  studentOption,
  TRAINING_INPUTS,
  TRAINING_OPTIONS,
  type TrainingOptions,
} from '../../src/learning/training/options';
import { PEOPLE_OPTIONS, type PeopleOptions } from '../../src/learning/training/people-options';
import type { Stage } from '../../src/stage';

interface TeacherOptions extends TrainingOptions, PeopleOptions {
  readonly backbone: string;
}

/** Trains a teacher by identity alone. */
export const trainTeacher: Stage<TeacherOptions, typeof TRAINING_INPUTS> = {
  name: 'train-teacher',
  summary: 'Trains a teacher on aligned faces with ElasticFace-Arc and exports it to ONNX',
  version: 1,
  usesEngine: true,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: { backbone: studentOption('Network of the teacher', 'small'), ...PEOPLE_OPTIONS, ...TRAINING_OPTIONS },
  },
  inputs: TRAINING_INPUTS,
  outputs: { model: { type: 'face-model', summary: 'The teacher: ONNX, weights and description' } },
  body: () => import('./run'),
  pictures: () => import('./pictures'),
};
