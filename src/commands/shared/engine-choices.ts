import { ENGINE_NAMES } from '../../learning/engines/engine';

/** What `--engine` and a pipeline file may say. On its own, because the help needs it and nothing of what reads pipeline files. */
export const ENGINE_CHOICES = ['auto', ...ENGINE_NAMES];
