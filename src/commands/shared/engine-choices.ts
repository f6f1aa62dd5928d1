import { ENGINES } from '../../learning/engines';

/** What `--engine` and a pipeline file may say. A file of its own, because --help needs it and must not load the reader of pipeline files. */
export const ENGINE_CHOICES = ['auto', ...ENGINES.names];

/** What `doctor --fix` may enable. */
export const FIXABLE_ENGINES = ENGINES.names.filter(name => ENGINES.members[name].fix !== undefined);
