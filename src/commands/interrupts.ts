import { EXIT } from '../errors';

export interface Interrupts {
  /** Aborted by the first Ctrl-C (or SIGTERM). */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/** Listens for Ctrl-C: the first stops cleanly, the second at once, after `lastWord`. */
export function listenForInterrupts(lastWord: () => void): Interrupts {
  const stopping = new AbortController();
  const onSignal = (): void => {
    if (!stopping.signal.aborted) {
      stopping.abort();
      return;
    }
    lastWord();
    // The processes of the stages notice that they are alone and end themselves.
    process.exit(EXIT.interrupted);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: stopping.signal,
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
