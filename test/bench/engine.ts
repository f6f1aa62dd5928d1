/**
 * What the engine itself takes, with nothing to compute: `npm run bench -- [cached-run] [matrix-plan] [fingerprint] [--rounds=5]
 * [--folder=FOLDER] [--threads=4] [--cli=FILE]`. Needs the build. A folder that is given is kept, and what it has is not made again.
 */
import { mkdtemp, mkdir, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { cachedRun } from './cached-run';
import type { Measured } from './command';
import { fingerprints } from './fingerprint';
import { matrixPlan } from './matrix-plan';
import { readOption, readText, readWords } from './options';

const PARTS = ['cached-run', 'matrix-plan', 'fingerprint'];

void main();

async function main(): Promise<void> {
  const given = readText('folder');
  const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'fairdistill-bench-')) : resolve(given);
  const [rounds, threads] = [readOption('rounds', 5), readOption('threads', 2 * availableParallelism())];
  const empty = join(folder, 'empty');
  await mkdir(empty, { recursive: true });
  try {
    say(`${cpus()[0]?.model ?? '?'}, ${availableParallelism()} cores, Node ${process.version}`);
    say(
      `load before: ${loadavg()
        .map(load => load.toFixed(1))
        .join(' ')}; ${rounds} rounds\n`,
    );
    say(row(['', 'min', 'median', 'max', 'budget']));
    for (const part of readWords(PARTS)) {
      const measured =
        part === 'cached-run'
          ? await cachedRun(folder, rounds)
          : part === 'matrix-plan'
            ? await matrixPlan(folder, empty, rounds)
            : await fingerprints(folder, rounds, threads);
      for (const one of measured) say(describe(one));
    }
  } finally {
    if (given === undefined) await rm(folder, { recursive: true });
  }
}

function describe({ what, budget, seconds, note }: Measured): string {
  const sorted = [...seconds].sort((a, b) => a - b);
  const numbers = [sorted[0]!, sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
  const allowed = budget === undefined ? '' : `< ${budget} s`;
  return (
    row([what, ...numbers.map(number => `${number.toFixed(2)} s`), allowed]) + (note === undefined ? '' : `   ${note}`)
  );
}

function row([first, ...others]: readonly string[]): string {
  return first!.padEnd(52) + others.map(text => text.padStart(9)).join('');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
