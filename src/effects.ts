import { randomBytes } from 'node:crypto';

/** Where text for people and programs goes. */
export interface TextOutput {
  write(text: string): void;
  /** Whether lines can be drawn over. */
  readonly isTerminal: boolean;
  /** Width of the terminal in characters; read anew for every drawing, because windows are resized. */
  readonly columns: number;
}

/** What is not a function of its arguments, passed in so that tests can hold it. */
export interface Effects {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** A short name that nobody else uses: 8 hexadecimal digits. */
  readonly randomName: () => string;
  /** Calls back again and again without keeping the process alive. Returns what ends it. */
  every(milliseconds: number, callback: () => void): () => void;
  readonly out: TextOutput;
  readonly err: TextOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** The real ones. */
export function processEffects(): Effects {
  return {
    now: () => Date.now(),
    randomName: () => randomBytes(4).toString('hex'),
    every: (milliseconds, callback) => {
      const timer = setInterval(callback, milliseconds).unref();
      return () => clearInterval(timer);
    },
    out: textOutput(process.stdout),
    err: textOutput(process.stderr),
    env: process.env,
    cwd: process.cwd(),
  };
}

function textOutput(stream: NodeJS.WriteStream): TextOutput {
  return {
    write: text => void stream.write(text),
    // The type says `true`, but a pipe has neither.
    isTerminal: (stream as { isTTY?: boolean }).isTTY === true,
    get columns() {
      return (stream as { columns?: number }).columns ?? 80;
    },
  };
}
