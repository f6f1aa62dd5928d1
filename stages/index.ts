import type { AnyStage } from '../src/stage';
import { alignFaces } from './align-faces';
import { distillStudent } from './distill-student';
import { embedFaces } from './embed-faces';
import { evaluateStudent } from './evaluate-student';
import { mixDatasets } from './mix-datasets';
import { readFaces } from './read-faces';
import { reportBias } from './report-bias';
import { synthesizeFaces } from './synthesize-faces';
import { trainTeacher } from './train-teacher';

/** In the order in which a pipeline usually chains them. */
const ALL: readonly AnyStage[] = [
  synthesizeFaces,
  readFaces,
  alignFaces,
  trainTeacher,
  embedFaces,
  mixDatasets,
  distillStudent,
  evaluateStudent,
  reportBias,
];

/** Every stage, by name. */
export const STAGES: Readonly<Record<string, AnyStage>> = Object.fromEntries(ALL.map(stage => [stage.name, stage]));
