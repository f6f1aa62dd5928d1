import type { Effects } from '../../effects';
import { jsonLines } from './json-lines';
import type { Logger } from './logger';
import { plain } from './plain';
import { terminal } from './terminal';

export type { Logger } from './logger';

export const LOGGERS = { terminal, plain, 'json-lines': jsonLines };

/** The logger that fits where the output goes. `CI` and `TERM=dumb` are the usual agreements for output that stays line by line. */
export function chooseLogger(effects: Effects, { json }: { readonly json: boolean }): Logger {
  return LOGGERS[json ? 'json-lines' : drawable(effects) ? 'terminal' : 'plain'](effects);
}

function drawable({ out, env }: Effects): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  return out.isTerminal && !isSet('CI') && env.TERM !== 'dumb';
}
