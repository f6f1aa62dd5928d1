import type { ErrorCode } from './error-codes';

/** Exit codes of the command line. */
export const EXIT = {
  done: 0,
  stageFailed: 1,
  usage: 2,
  configuration: 3,
  /** Another process works on it, and waiting was not wanted. */
  locked: 4,
  /** Ended from outside (SIGTERM, SIGHUP); the same command goes on. */
  resumable: 5,
  storage: 6,
  /** Ctrl-C; the same command goes on. */
  interrupted: 130,
} as const;

export interface UserErrorOptions {
  /** Stable code for tests and programs. */
  readonly code: ErrorCode;
  /** Exit code; 1 (a stage failed) unless told. */
  readonly exit?: number;
  /** What it happened at: a path, a row. */
  readonly item?: string | undefined;
  readonly cause?: unknown;
}

/**
 * Something that the user can mend. The message says what was being done, what was found, where (file, line, row), what is
 * wanted and what to do. Anything else that is thrown is a defect of ours and is shown with its stack.
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
