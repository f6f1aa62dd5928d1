import type { EngineName } from '../src/engines/engine';
import type { Stage } from '../src/stage';
import { stageTask } from '../src/streams/stage-task';
import { TRAINING_INPUTS, TRAINING_OPTIONS, studentOption, type TrainingOptions } from '../src/training/options';

interface TeacherOptions extends TrainingOptions {
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
    properties: { backbone: studentOption('Network of the teacher', 'small'), ...TRAINING_OPTIONS },
  },
  inputs: TRAINING_INPUTS,
  outputs: { model: { type: 'face-model', summary: 'The teacher: ONNX, weights and description' } },
  run: context =>
    stageTask(async emit => {
      const { findStudent } = await import('../src/students');
      const { trainModel } = await import('../src/training/train-model');
      const { backbone, embeddingSize, precision, ...recipe } = context.options;
      const selection = context.inputs['selection']?.[0];
      await trainModel(
        {
          backbone: findStudent(backbone, embeddingSize),
          recipe: { ...recipe, identityWeight: 1, distillation: { weight: 0, reduction: 'mean' } },
          faces: context.inputs['faces']!,
          embeddings: [],
          ...(selection && { selection }),
          engine: context.engine as EngineName,
          precision,
          threads: context.cores,
          folder: context.folder,
          modelFolder: context.output('model'),
          signal: context.signal,
        },
        emit,
      );
    }),
};
