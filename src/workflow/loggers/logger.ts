import type { Effects } from '../../effects';
import type { RunEvent } from '../run/events';

/** Shows a run. Everything that it shows it learns from the events. */
export interface Logger {
  log(event: RunEvent): void;
  /** Writes one line on the error output about something that is not an event, such as a history that cannot be written. */
  warn(text: string): void;
  /** Leaves the terminal as it was. Called once, also when the run broke off. */
  close(): void;
}

/** What a logger needs of the world. */
export type LoggerEffects = Pick<Effects, 'now' | 'every' | 'out' | 'err' | 'cwd' | 'env'>;

/** The facts about each logger in the list. */
export interface LoggerMember {
  readonly summary: string;
  /** Whether it may be the default for this output. */
  readonly fits: (effects: Pick<Effects, 'out' | 'env'>) => boolean;
  readonly open: (effects: LoggerEffects) => Logger;
}
