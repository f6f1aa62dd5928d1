import { mlflow } from './mlflow';
import { tensorboard } from './tensorboard';
import type { TrackedRun, Tracker } from './tracker';

export type { TrackedRun, Tracker } from './tracker';

/** Each by name; undefined from one that is not wanted for this run. */
export const TRACKERS: Readonly<Record<string, (run: TrackedRun) => Tracker | undefined>> = { tensorboard, mlflow };

/** Those that are wanted for a run: files for TensorBoard always, MLflow where the environment names its address. */
export function openTrackers(run: TrackedRun): Tracker[] {
  return Object.values(TRACKERS).flatMap(open => open(run) ?? []);
}
