import type { Logger, LoggerEffects } from './logger';
import { printable } from '../../kit/text/printable';

/** One event a line, for programs. */
export function jsonLines({ out, err }: LoggerEffects): Logger {
  return {
    log: event => out.write(JSON.stringify(event) + '\n'),
    warn: text => err.write(printable(text) + '\n'),
    close: () => undefined,
  };
}
