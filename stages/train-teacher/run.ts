import { findStudent } from '../../src/learning/students/find-student';
import { withRatePerStep } from '../../src/learning/training/options';
import { trainModel } from '../../src/learning/training/train-model';
import { jobOf } from '../../src/learning/training/training-job';
import type { Run } from '../../src/stage';
import { stageTask } from '../../src/stage-task';
import type { trainTeacher } from './index';

export const run: Run<typeof trainTeacher> = context =>
  stageTask(async emit => {
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
    const recipe = withRatePerStep(options);
    await trainModel(jobOf(context, { backbone, recipe, precision, people: { identities, allowDuplicates } }), emit);
  });
