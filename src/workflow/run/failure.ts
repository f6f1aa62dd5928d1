import { EXIT, UserError, messageOf } from '../../errors';
import type { Failure, FailureClass } from './events';

/** Codes of errors whose class does not follow from their exit code. */
const CLASSES: Readonly<Record<string, FailureClass>> = {
  'stage-out-of-memory': 'out of memory',
  'stage-killed': 'out of memory',
  'too-much-memory': 'out of memory',
  'stage-crashed': 'machine',
  'stage-not-started': 'machine',
  'too-many-files': 'machine',
  'stage-timeout': 'timeout',
  interrupted: 'cancelled',
  // The same attempt would come to the same end.
  'code-changed': 'cancelled',
  'code-changed-midway': 'cancelled',
  locked: 'cancelled',
};

/** A second attempt may succeed where the machine is to blame, and not the data. */
const WORTH_ANOTHER: readonly FailureClass[] = ['out of memory', 'timeout', 'machine', 'disk'];

function classify(error: unknown): FailureClass {
  if (!(error instanceof UserError)) return 'bug';
  const known = CLASSES[error.code];
  if (known !== undefined) return known;
  if (error.exit === EXIT.storage) return 'disk';
  return error.exit === EXIT.configuration || error.exit === EXIT.usage ? 'configuration' : 'your data';
}

export function isWorthAnother(error: unknown): boolean {
  return WORTH_ANOTHER.includes(classify(error));
}

/** The traces of an attempt, for the report of its failure. */
export interface Traces {
  readonly item: string | null;
  readonly log: readonly string[];
  readonly logFile: string | null;
  readonly rerun: string;
}

export function describeFailure(error: unknown, { item, log, logFile, rerun }: Traces): Failure {
  const common = { message: messageOf(error), class: classify(error), log, logFile, rerun };
  if (error instanceof UserError) return { ...common, code: error.code, exit: error.exit, item: error.item ?? item };
  const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  return { ...common, code: null, exit: EXIT.stageFailed, item, ...stack };
}

export function withoutSecrets(failure: Failure, redact: (text: string) => string): Failure {
  const { message, item, log, rerun, stack } = failure;
  return {
    ...failure,
    message: redact(message),
    item: item === null ? null : redact(item),
    log: log.map(redact),
    // It repeats what was typed.
    rerun: redact(rerun),
    ...(stack === undefined ? {} : { stack: redact(stack) }),
  };
}
