import { family } from '../../family';
import { jsonLines } from './json-lines';
import { plain } from './plain';
import { terminal } from './terminal';

/** Ways to show a run; the first that fits where the output goes is taken, unless a person chooses one. */
export const LOGGERS = family('loggers', { terminal, plain, 'json-lines': jsonLines });

export type LoggerName = (typeof LOGGERS.names)[number];
