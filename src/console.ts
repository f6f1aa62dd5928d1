import { closeSync, fstatSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { EXIT, messageOf } from './errors';
import { errnoOf } from './kit/files/errno';

/** Where text for people and programs goes. */
export interface TextOutput {
  /** Never throws: see `openConsole`. */
  write(text: string): void;
  /** Whether lines can be drawn over. */
  readonly isTerminal: boolean;
  /** Width of the terminal in characters; read for every drawing, because windows are resized. */
  readonly columns: number;
}

/** How a process depends on a terminal. */
export interface Terminal {
  /** Aborted when a terminal that is written to is gone, unless the process was set apart from it (`setsid`). */
  readonly vanished: AbortSignal;
  /** Whether it outlives its terminal, because `nohup` has started it. */
  readonly isIndependent: boolean;
}

export interface Console {
  readonly out: TextOutput;
  readonly err: TextOutput;
  readonly terminal: Terminal;
  /** The exit code after a command that ended with `code`; another one if its output was lost. */
  exitCode(code: number): number;
}

/** One of the streams that a process is started with. */
export interface ConsoleStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface ConsoleStreams {
  readonly stdout: ConsoleStream;
  readonly stderr: ConsoleStream;
}

/**
 * Opens the console. Output that cannot be written does not stop the command, because its work is worth more: a reader that went away (`| head`) is
 * ignored, a full disk is reported once, and a lost terminal aborts `vanished`.
 */
export function openConsole(streams: ConsoleStreams = process, tie: TerminalTie = terminalTie()): Console {
  const vanished = new AbortController();
  let isCutShort = false;
  const lose = (stream: ConsoleStream, error: unknown): void => {
    const code = errnoOf(error);
    if (code === 'EPIPE') return;
    if (stream.isTTY === true) {
      if (tie.hasTerminal) vanished.abort();
      return;
    }
    isCutShort = true;
    if (stream !== streams.stderr)
      err.write(
        `Cannot write the output (${messageOf(error)}): the output is cut short, and the command continues without it\n`,
      );
  };
  const out = textOutput(streams.stdout, lose);
  const err = textOutput(streams.stderr, lose);
  return {
    out,
    err,
    terminal: { vanished: vanished.signal, isIndependent: tie.isIndependent },
    exitCode: code => (isCutShort && code === EXIT.done ? EXIT.storage : code),
  };
}

/** What ties this process to a terminal. */
export interface TerminalTie {
  /** A terminal whose end the system signals to this process. */
  readonly hasTerminal: boolean;
  /** It has one, and neither reads nor writes there, nor serves another program. */
  readonly isIndependent: boolean;
}

/** Looks how this process was started. Node resets the signal handling that `nohup` sets up, so only the redirected streams show `nohup`. */
export function terminalTie(): TerminalTie {
  const hasTerminal = process.platform === 'win32' || canOpen('/dev/tty');
  return {
    hasTerminal,
    isIndependent: hasTerminal && process.platform !== 'win32' && [0, 1, 2].every(isFileOrNothing),
  };
}

function canOpen(path: string): boolean {
  try {
    closeSync(openSync(path, 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Neither a terminal nor a connection to another program. */
function isFileOrNothing(descriptor: number): boolean {
  try {
    const found = fstatSync(descriptor);
    return found.isFile() || (found.isCharacterDevice() && !isatty(descriptor));
  } catch {
    return true;
  }
}

function textOutput(stream: ConsoleStream, lose: (stream: ConsoleStream, error: unknown) => void): TextOutput {
  let isLost = false;
  const fail = (error: unknown): void => {
    const isFirst = !isLost;
    isLost = true;
    if (isFirst) lose(stream, error);
  };
  stream.on('error', fail);
  return {
    write: text => {
      if (isLost) return;
      try {
        stream.write(text);
      } catch (error) {
        fail(error);
      }
    },
    // The type says `true`, but a pipe has neither.
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns ?? 80;
    },
  };
}
