import { UserError, messageOf } from '../../errors';
import type { AnyStage } from '../../stage';
import { formatBytes } from '../../kit/text/human';
import type { Excess } from './memory-guard';

type Dead = Pick<AnyStage, 'name' | 'options'>;
/** The purpose of the process. */
export type Work = 'run' | 'draw';

/** The subject of a sentence about it. */
function subjectOf({ name }: Pick<Dead, 'name'>, work: Work): string {
  return work === 'draw' ? `The process that draws the pictures of stage "${name}"` : `Stage "${name}"`;
}

/** The error for a stage's process that ended without a message, with a remedy. */
export function describeDeath(
  stage: Dead,
  work: Work,
  { code, signal, errors }: { readonly code: number | null; readonly signal: string | null; readonly errors: string },
): UserError {
  const said = errors.trim() === '' ? '' : `; the end of its error output:\n${errors.trim()}`;
  if (/heap out of memory/i.test(errors)) {
    return new UserError(
      `${subjectOf(stage, work)} used all the memory that Node allows: set NODE_OPTIONS=--max-old-space-size=<MB>` +
        `${orLess(stage, work)}${said}`,
      { code: 'stage-out-of-memory' },
    );
  }
  if (signal === 'SIGKILL') {
    return new UserError(
      `${subjectOf(stage, work)} was killed (SIGKILL), as the system does when memory runs out: free some memory, run with --jobs 1` +
        `${orLess(stage, work)}; run the same command again to resume${said}`,
      { code: 'stage-killed' },
    );
  }
  const how = signal === null ? `with exit code ${String(code)}` : `by ${signal}`;
  return new UserError(
    `${subjectOf(stage, work)} ended ${how} before it was done, most often because a native library does not fit this machine; ` +
      `run "npm ci" again${work === 'draw' ? '' : ', or choose another engine ("npx pipeline doctor" lists them)'}${said}`,
    { code: 'stage-crashed' },
  );
}

/** The error for a stage that was ended because it, or all stages together, used too much memory. */
export function describeExcess(stage: Dead, work: Work, { used, limit, beside }: Excess): UserError {
  const found =
    beside === undefined
      ? `${formatBytes(used)} of memory, and its limit is ${formatBytes(limit)} ("limits" of the pipeline file)`
      : `${formatBytes(used)} of memory and what ran beside it ${formatBytes(beside)}, and ${formatBytes(limit)} is what a run may use of this machine or container`;
  const instead =
    beside === undefined
      ? 'raise "limits"'
      : 'run with --jobs 1, or say that it may use more ("limits: {memory: …}" of the stage)';
  return new UserError(
    `${subjectOf(stage, work)} used ${found}: it was ended before the system would end it or another process; ` +
      `${work === 'draw' ? '' : `${lessAtOnce(stage)}, or `}${instead}; ` +
      'run the same command again to resume',
    { code: 'too-much-memory' },
  );
}

function orLess(stage: Dead, work: Work): string {
  return work === 'draw' ? '' : `, or ${lessAtOnce(stage)}`;
}

/** The advice for using less memory: a smaller batch if the stage has one, otherwise fewer cores. */
function lessAtOnce({ options }: Dead): string {
  if (Object.hasOwn(options.properties, 'batch')) return 'lower its option "batch"';
  return 'give it fewer cores ("resources: {cpu: 1}" of the stage)';
}

/** Error codes of a system without processes, threads, memory or open files left. */
const OUT_OF: ReadonlySet<string | undefined> = new Set([
  'EAGAIN',
  'ENOMEM',
  'EMFILE',
  'ENFILE',
  'ERR_WORKER_INIT_FAILED',
]);

/** The error for a process or first thread that the system lacked the resources to start; any other error unchanged. */
export function describeNoStart(stage: string, work: Work, error: unknown): unknown {
  if (!(error instanceof Error) || !OUT_OF.has((error as NodeJS.ErrnoException).code)) return error;
  return new UserError(
    `Cannot start the process ${work === 'draw' ? 'that draws the pictures ' : ''}of stage "${stage}" (${messageOf(error)}): end other programs, raise the limits of the shell (ulimit -u, ulimit -n), ` +
      'or run with --jobs 1; run the same command again to resume',
    { code: 'stage-not-started', cause: error },
  );
}
