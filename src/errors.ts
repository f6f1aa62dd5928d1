import type { ErrorCode } from './error-codes';

/** Exit codes of the command line. */
export const EXIT = {
  done: 0,
  stageFailed: 1,
  usage: 2,
  configuration: 3,
  /** Another process is making the result, with --no-wait. */
  locked: 4,
  /** Terminated (SIGTERM, SIGHUP); run the command again to resume. */
  resumable: 5,
  storage: 6,
  /** Ctrl-C; run the command again to resume. */
  interrupted: 130,
} as const;

export interface UserErrorOptions {
  /** Stable code for tests and programs. */
  readonly code: ErrorCode;
  /** Exit code; by default 1 (a stage failed). */
  readonly exit?: number;
  /** The item that failed: a path, a row. */
  readonly item?: string | undefined;
  readonly cause?: unknown;
}

/**
 * An error that the user can fix. The message names the action, the finding, the place (file, line, row), the expectation and the remedy. Any other
 * error is a bug of ours and is shown with its stack.
 */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly exit: number;
  readonly item: string | undefined;

  constructor(message: string, { code, exit = EXIT.stageFailed, item, cause }: UserErrorOptions) {
    super(shortened(message), { cause });
    this.name = 'UserError';
    this.code = code;
    this.exit = exit;
    this.item = item;
  }
}

/** Longer ones hold something from a file that is no text. In characters, of the beginning and of the end, where it says what to do. */
const LONGEST = { head: 20_000, tail: 2_000 };

function shortened(message: string): string {
  const left = message.length - LONGEST.head - LONGEST.tail;
  if (left <= 0) return message;
  return `${message.slice(0, LONGEST.head)}… [${left} characters are left out] …${message.slice(-LONGEST.tail)}`;
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
