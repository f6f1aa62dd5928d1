import type { AnyStage } from '../src/stage';
import { embedFaces } from './embed-faces';
import { evaluateStudent } from './evaluate-student';

const ALL: readonly AnyStage[] = [embedFaces, evaluateStudent];

/** Every stage, by name. */
export const STAGES: Readonly<Record<string, AnyStage>> = Object.fromEntries(ALL.map(stage => [stage.name, stage]));
