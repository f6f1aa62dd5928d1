import type { Terminal } from '../../console';
import { EXIT } from '../../errors';

export interface Interrupts {
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP, or when the terminal has vanished; its reason is the exit code. */
  readonly signal: AbortSignal;
  /** Gives the signals back to Node. */
  release(): void;
}

/**
 * Listens for Ctrl-C and for being ended from outside: the first stops cleanly. A second Ctrl-C or SIGTERM ends it at once, after `lastWord`. A
 * terminal that is closed asks once, however many SIGHUPs come of it (from the shell, from the system) or failing writes, and not at all where the
 * run is independent of it.
 */
export function listenForInterrupts(lastWord: () => void, { vanished, isIndependent }: Terminal): Interrupts {
  const stopping = new AbortController();
  let asked = 0;
  const stop = (code: number): void => {
    if (!stopping.signal.aborted) stopping.abort(code);
  };
  const onHangUp = (): void => stop(EXIT.resumable);
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === 'SIGINT' ? EXIT.interrupted : EXIT.resumable;
    stop(code);
    if (++asked === 1) return;
    lastWord();
    // The processes of the stages notice that they are alone and end themselves.
    process.exit(code);
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  if (!isIndependent) process.on('SIGHUP', onHangUp);
  vanished.addEventListener('abort', onHangUp);
  if (vanished.aborted) onHangUp();
  return {
    signal: stopping.signal,
    release: () => {
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal).off('SIGHUP', onHangUp);
      vanished.removeEventListener('abort', onHangUp);
    },
  };
}
