import type { Effects } from '../../src/effects';

export interface Recording {
  readonly effects: Effects;
  /** What was written so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** How often something was written to the output. */
  readonly writes: () => number;
  /** How many timers still run. */
  readonly timers: () => number;
  /** Lets time pass, and what waits for it happen. */
  readonly pass: (milliseconds: number) => void;
}

interface RecordingOptions {
  readonly columns?: number;
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Effects whose time stands still until it is told to pass, and whose output is kept. */
export function recordingEffects({
  columns = 80,
  isTerminal = false,
  env = {},
  cwd = '/proj',
}: RecordingOptions = {}): Recording {
  let time = Date.parse('2026-01-01');
  const timers = new Set<{ next: number; readonly every: number; readonly callback: () => void }>();
  const out: string[] = [];
  const err: string[] = [];
  const output = (texts: string[]) => ({ write: (text: string) => void texts.push(text), isTerminal, columns });
  return {
    effects: {
      now: () => time,
      randomName: () => '00000000',
      every: (every, callback) => {
        const timer = { next: time + every, every, callback };
        timers.add(timer);
        return () => timers.delete(timer);
      },
      out: output(out),
      err: output(err),
      terminal: { vanished: new AbortController().signal, isIndependent: false },
      env,
      cwd,
    },
    out: () => out.join(''),
    err: () => err.join(''),
    writes: () => out.length,
    timers: () => timers.size,
    pass: milliseconds => {
      const end = time + milliseconds;
      for (;;) {
        const [timer] = [...timers].filter(({ next }) => next <= end).sort((a, b) => a.next - b.next);
        if (timer === undefined) break;
        time = timer.next;
        timer.next += timer.every;
        timer.callback();
      }
      time = end;
    },
  };
}
