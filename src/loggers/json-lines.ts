import type { Logger, LoggerEffects } from './logger';

/** One event a line, for programs. */
export function jsonLines({ out }: LoggerEffects): Logger {
  return {
    log: event => out.write(JSON.stringify(event) + '\n'),
    close: () => undefined,
  };
}
