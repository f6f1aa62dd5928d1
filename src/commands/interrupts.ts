import { EXIT } from '../errors';

export interface Interrupts {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP; its reason is the exit code. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/** Listens for Ctrl-C and for being ended from outside: the first stops cleanly, the second at once, after `lastWord`. */
export function listenForInterrupts(lastWord: () => void): Interrupts {
  const stopping = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGINT' ? EXIT.interrupted : EXIT.resumable;
    if (!stopping.signal.aborted) {
      stopping.abort(code);
      return;
    }
    lastWord();
    // The processes of the stages notice that they are alone and end themselves.
    process.exit(code);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: stopping.signal,
    release: () => {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
