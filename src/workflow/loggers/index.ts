import { family } from '../../family';
import { jsonLines } from './json-lines';
import { plain } from './plain';
import { terminal } from './terminal';

/** Ways to show a run; the default is the first that fits the output. */
export const LOGGERS = family('loggers', { terminal, plain, 'json-lines': jsonLines });

export type LoggerName = (typeof LOGGERS.names)[number];
