import type { Effects } from '../../effects';
// Not the door of the store: `--help` loads this, and must load nothing else.
import { asSystemError } from '../../workflow/store/storage-error';
import { EXIT, UserError, messageOf } from '../../errors';
import { printable } from '../../kit/text/printable';

/** Prints the error that was thrown and returns its exit code. */
export function exitCodeOf(thrown: unknown, { err }: Pick<Effects, 'err'>): number {
  const error = asSystemError(thrown);
  if (error instanceof UserError) {
    err.write(`${printable(error.message)}\n`);
    return error.exit;
  }
  const stack = error instanceof Error ? error.stack : undefined;
  err.write(
    `This is a bug in fairdistill; please report it with the following:\n${printable(stack ?? messageOf(error))}\n`,
  );
  return EXIT.stageFailed;
}
