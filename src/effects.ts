import { randomBytes } from 'node:crypto';
import { openConsole, type Console, type Terminal, type TextOutput } from './console';
import { EXIT, UserError } from './errors';

export type { TextOutput } from './console';

/** The effects of the program, passed as arguments so that tests can replace them. */
export interface Effects {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A short name that nobody else uses: 8 hexadecimal digits. */
  readonly randomName: () => string;
  /** Calls back at an interval without keeping the process alive. Returns a function that ends it. */
  every(milliseconds: number, callback: () => void): () => void;
  readonly out: TextOutput;
  readonly err: TextOutput;
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The real ones. Throws UserError `no-working-folder`. */
export function processEffects(
  { out, err, terminal }: Pick<Console, 'out' | 'err' | 'terminal'> = openConsole(),
): Effects {
  return {
    now: () => Date.now(),
    randomName: () => randomBytes(4).toString('hex'),
    every: (milliseconds, callback) => {
      const timer = setInterval(callback, milliseconds).unref();
      return () => clearInterval(timer);
    },
    out,
    err,
    terminal,
    env: process.env,
    cwd: workingFolder(),
  };
}

/** Throws UserError `no-working-folder` when it was removed, or taken away with its disk. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch (error) {
    throw new UserError('Cannot work here: the working directory no longer exists; change to another one (cd)', {
      code: 'no-working-folder',
      exit: EXIT.usage,
      cause: error,
    });
  }
}
