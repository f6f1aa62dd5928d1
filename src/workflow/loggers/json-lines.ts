import type { LoggerMember } from './logger';
import { printable } from '../../kit/text/printable';

export const jsonLines: LoggerMember = {
  summary: 'one JSON event per line, for programs',
  // Programs ask.
  fits: () => false,
  open: ({ out, err }) => ({
    log: event => out.write(`${escaped(JSON.stringify(event))}\n`),
    warn: text => err.write(printable(text) + '\n'),
    close: () => undefined,
  }),
};

/** The same JSON, without what would act on a terminal and JSON lets stand: C1 controls, and orders that turn text round. */
function escaped(json: string): string {
  return json.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, character =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}
