import { ENGINES } from '../../learning/engines';

/** What `--engine` and a pipeline file may say. On its own, because the help needs it and nothing of what reads pipeline files. */
export const ENGINE_CHOICES = ['auto', ...ENGINES.names];

/** What `doctor --fix` may enable. */
export const FIXABLE_ENGINES = ENGINES.names.filter(name => ENGINES.members[name].fix !== undefined);
