import type { EngineName, Precision } from '../engines';
import type { Backbone } from '../networks';
import type { StageInput } from '../stage';
import type { Recipe } from './recipe';

/** A backbone to be trained, and where everything is. */
export interface TrainingJob {
  readonly backbone: Backbone;
  readonly recipe: Recipe;
  readonly faces: readonly StageInput[];
  readonly selection?: StageInput;
  /** Of the same faces; not looked at when the recipe's distillation weight is 0. */
  readonly embeddings: readonly StageInput[];
  readonly engine: EngineName;
  /** f32 unless told. */
  readonly precision?: Precision;
  /** Cores that the engine may use. */
  readonly threads?: number;
  /** The curve, the table of steps and a temporary file lie here. */
  readonly folder: string;
  /** The trained model lies here. */
  readonly modelFolder: string;
  readonly signal: AbortSignal;
}
