import { family } from '../../family';
import { childProcess } from './child-process';
import { inProcess } from './in-process';

/** Where stages can run; a run takes the first that isolates them. */
export const EXECUTORS = family('executors', { 'child-process': childProcess, 'in-process': inProcess });
