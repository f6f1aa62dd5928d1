import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readText } from './options';

const CLI = readText('cli') ?? join(__dirname, '..', '..', 'dist', 'src', 'cli.js');

/** What a bench measured. */
export interface Measured {
  readonly what: string;
  /** Seconds that the issue allows; undefined where it names none. */
  readonly budget?: number;
  /** Of each round. */
  readonly seconds: readonly number[];
  readonly note?: string;
}

/** Runs the built command line in a folder as a user would. Seconds of wall time, the start of the process included, and what it printed. */
export function timeCommand(args: readonly string[], cwd: string): { seconds: number; stdout: string } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
    maxBuffer: 1 << 28,
  });
  const seconds = (performance.now() - start) / 1e3;
  if (status !== 0) throw new Error(`pipeline ${args.join(' ')} ended with ${status ?? '?'}: ${stderr || stdout}`);
  return { seconds, stdout };
}

/** So many rounds of a command; the output of each is checked, so that a command that does nothing is not called fast. */
export function timeRounds(args: readonly string[], cwd: string, rounds: number, expected: string): number[] {
  return Array.from({ length: rounds }, () => {
    const { seconds, stdout } = timeCommand(args, cwd);
    if (!stdout.includes(expected))
      throw new Error(`pipeline ${args.join(' ')} printed no ${expected}: ${stdout.slice(-500)}`);
    return seconds;
  });
}
