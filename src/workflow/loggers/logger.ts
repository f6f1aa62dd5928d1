import type { Effects } from '../../effects';
import type { RunEvent } from '../run/events';

/** Shows a run. Everything that it shows it learns from the events. */
export interface Logger {
  log(event: RunEvent): void;
  /** Says on the error output what is no event of the run: that a part of its history cannot be written. One line. */
  warn(text: string): void;
  /** Leaves the terminal as it was. Called once, also when the run broke off. */
  close(): void;
}

/** What a logger needs of the world. */
export type LoggerEffects = Pick<Effects, 'now' | 'every' | 'out' | 'err' | 'cwd' | 'env'>;

/** What the list of loggers says of each. */
export interface LoggerMember {
  readonly summary: string;
  /** Whether it may be taken, unasked, for where the output goes. */
  readonly fits: (effects: Pick<Effects, 'out' | 'env'>) => boolean;
  readonly open: (effects: LoggerEffects) => Logger;
}
