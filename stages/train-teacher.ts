import type { Stage } from '../src/stage';
import { stageTask } from '../src/stage-task';
import {
  studentOption,
  TRAINING_INPUTS,
  TRAINING_OPTIONS,
  withRatePerStep,
  type TrainingOptions,
} from '../src/learning/training/options';
import { PEOPLE_OPTIONS, type PeopleOptions } from '../src/learning/training/people-options';
import { jobOf } from '../src/learning/training/training-job';

interface TeacherOptions extends TrainingOptions, PeopleOptions {
  readonly backbone: string;
}

/** Trains a teacher by identity alone. */
export const trainTeacher: Stage<TeacherOptions> = {
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
  run: context =>
    stageTask(async emit => {
      const { findStudent } = await import('../src/learning/students/find-student');
      const { trainModel } = await import('../src/learning/training/train-model');
      const {
        backbone: name,
        embeddingSize,
        initialisation,
        precision,
        identities,
        allowDuplicates,
        ...options
      } = context.options;
      const backbone = await findStudent(name, embeddingSize, initialisation);
      const recipe = {
        ...withRatePerStep(options),
        identityWeight: 1,
        distillation: { weight: 0, reduction: 'mean' as const },
      };
      await trainModel(jobOf(context, { backbone, recipe, precision, people: { identities, allowDuplicates } }), emit);
    }),
};
