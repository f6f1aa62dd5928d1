import type { Effects } from '../effects';
import type { RunEvent } from '../pipeline/events';

/** Shows a run. Everything that it shows it learns from the events. */
export interface Logger {
  log(event: RunEvent): void;
  /** Leaves the terminal as it was. Called once, also when the run broke off. */
  close(): void;
}

/** What a logger needs of the world. */
export type LoggerEffects = Pick<Effects, 'now' | 'every' | 'out' | 'err' | 'cwd'>;
