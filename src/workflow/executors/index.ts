import { childProcess } from './child-process';
import { inProcess } from './in-process';

export { codeChanged } from './code-changed';
export type { DrawEvent, DrawnPicture, DrawRequest, Executor, StageRequest, WorkEvent } from './executor';
export { serveStage } from './serve-stage';

/** Where stages can run. */
export const EXECUTORS = { 'child-process': childProcess, 'in-process': () => inProcess };
