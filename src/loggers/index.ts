import type { Effects } from '../effects';
import { jsonLines } from './json-lines';
import type { Logger } from './logger';
import { plain } from './plain';
import { terminal } from './terminal';

export type { Logger } from './logger';

export const LOGGERS = { terminal, plain, 'json-lines': jsonLines };

/** The logger that fits where the output goes. `NO_COLOR` and `CI` are the usual agreements (no-color.org). */
export function chooseLogger(effects: Effects, { json }: { readonly json: boolean }): Logger {
  return LOGGERS[json ? 'json-lines' : drawable(effects) ? 'terminal' : 'plain'](effects);
}

function drawable({ out, env }: Effects): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  return out.isTerminal && !isSet('NO_COLOR') && !isSet('CI') && env.TERM !== 'dumb';
}
