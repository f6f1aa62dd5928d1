import type { Precision } from '../engines/engine';
import type { Backbone } from '../networks';
import type { Checkpoints, StageContext, StageInput } from '../../stage';
import type { InputsOf } from '../../stage-inputs';
import type { EngineName } from '../engines';
import type { TRAINING_INPUTS } from './options';
import type { PeopleOptions } from './people-options';
import type { Recipe } from './recipe';

/** A backbone to be trained, and where everything is. */
export interface TrainingJob {
  readonly backbone: Backbone;
  readonly recipe: Recipe;
  readonly faces: readonly StageInput[];
  readonly selection?: StageInput;
  /** By default no face may be two people's, and people of several sets are separate. */
  readonly people?: PeopleOptions;
  /** Of the same faces; not looked at when no term of the recipe learns from a teacher. */
  readonly embeddings: readonly StageInput[];
  readonly engine: EngineName;
  /** f32 by default. */
  readonly precision?: Precision;
  /** Cores that the engine may use. */
  readonly threads?: number;
  /** Folder of the table of steps and of a temporary file. */
  readonly folder: string;
  /** Folder of the trained model. */
  readonly modelFolder: string;
  /** Where an interrupted training resumes. */
  readonly checkpoints: Checkpoints;
  readonly signal: AbortSignal;
}

type TrainingInputs = InputsOf<typeof TRAINING_INPUTS> & { readonly embeddings?: readonly StageInput[] };

/** The job of a training stage: what is trained and how, and the rest as its context says. */
export function jobOf<What extends Pick<TrainingJob, 'backbone' | 'recipe' | 'precision' | 'people'>>(
  context: StageContext<unknown, TrainingInputs>,
  what: What,
): What & TrainingJob {
  const { inputs, engine, cores, folder, checkpoints, signal } = context;
  const { faces, selection, embeddings = [] } = inputs;
  return {
    ...what,
    faces,
    embeddings,
    ...(selection && { selection }),
    engine: engine as EngineName,
    threads: cores,
    folder,
    modelFolder: context.output('model'),
    checkpoints,
    signal,
  };
}
