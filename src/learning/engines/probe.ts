import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { readSealedJson, sealedText } from '../../kit/files/sealed-json';

/** Longer than a first load from a cold disk takes. */
const LONGEST_MS = 60_000;
/** Below the folder of notes; every engine's notes are here. */
const FOLDER = 'engine-probes';

/** Something that is tried in a process of its own. */
export interface Probe {
  /** Of the note: `tensorflow`. */
  readonly name: string;
  /** Names everything that the outcome depends on, but Node and the machine: versions, places, times of change. */
  readonly subject: string;
  /** CommonJS program, run from this folder. What it found is the JSON in the last line that it prints. */
  readonly program: string;
}

/** What a probe found, or in one line why it could not. */
export type Outcome<T> = { readonly found: T; readonly problem?: undefined } | { readonly problem: string };

/**
 * Runs a program in a process of its own, because a native library that does not fit the machine can end the process, and because
 * what it loads is not wanted here. Remembered in `notes` for this machine, until the subject or Node changes: it takes seconds.
 */
export function probe<T>({ name, subject, program }: Probe, notes: string): Outcome<T> {
  const about = [subject, program, process.version, process.arch, hostname()].join('\n');
  const digest = createHash('sha256').update(about).digest('hex').slice(0, 16);
  const file = join(notes, FOLDER, `${name}-${digest}.json`);
  const known = readNote<T>(file, about);
  if (known) return known;
  const outcome = run<T>(program);
  // A note that cannot be written costs the next run seconds, and is no reason for this one to stop.
  try {
    mkdirSync(join(notes, FOLDER), { recursive: true });
    writeFileSync(file, sealedText({ ...outcome, about }));
  } catch {
    return outcome;
  }
  return outcome;
}

/** Makes the next `probe` of every engine look again: a driver may have been installed since. */
export function forgetProbes(notes: string): void {
  rmSync(join(notes, FOLDER), { recursive: true, force: true });
}

function run<T>(program: string): Outcome<T> {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
    cwd: __dirname,
    timeout: LONGEST_MS,
    encoding: 'utf8',
  });
  if (status !== 0) return { problem: firstError(stderr) ?? signal ?? `exit code ${status ?? '?'}` };
  try {
    return { found: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T };
  } catch {
    return { problem: 'it ended without an answer' };
  }
}

/** `Error: libcudart.so.12: cannot open shared object file` out of what Node prints when a program ends with an error. */
function firstError(stderr: string): string | undefined {
  return /^\w*Error\b.*: .*$/m.exec(stderr)?.[0];
}

/** A note that is not as it was written, or about something else, is none. */
function readNote<T>(file: string, about: string): Outcome<T> | undefined {
  try {
    const note = readSealedJson(file);
    return typeof note === 'object' && note['about'] === about ? (note as unknown as Outcome<T>) : undefined;
  } catch {
    return undefined;
  }
}
