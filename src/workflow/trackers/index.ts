import { family } from '../../family';
import { mlflow } from './mlflow';
import { tensorboard } from './tensorboard';

/** Programs for comparing experiments; each decides whether it is wanted for a run. */
export const TRACKERS = family('trackers', { tensorboard, mlflow });
