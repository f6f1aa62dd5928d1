/**
 * Training steps of every student on an engine and in PyTorch, alternately on the same machine; ratios of medians.
 * npm run bench:training -- [--students=mobilefacenet,iresnet18,…] [--engine=onednn] [--rounds=3] [--steps=4] [--batch=64] [--threads=N]
 *   [--peer=FILE.py] [--python=python3] [--no-peer]
 * A peer takes --student --batch --precision --threads --steps and prints one line of JSON with `images_per_s`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { readOption, readText } from './options';

const PRECISIONS = ['f32', 'bf16'] as const;
type Precision = (typeof PRECISIONS)[number];

interface Run {
  readonly imagesPerSecond: number;
  /** Largest resident memory of the process, MiB. */
  readonly peak: number;
}

const students = (readText('students') ?? 'mobilefacenet,iresnet18,iresnet34,iresnet50').split(',');
const engine = readText('engine') ?? 'onednn';
const [rounds, steps, batch] = [readOption('rounds', 3), readOption('steps', 4), readOption('batch', 64)];
const threads = readOption('threads', availableParallelism());
const peer = readText('peer') ?? join(__dirname, 'torch_student.py');
const python = readText('python') ?? 'python3';
// Only onednn knows bf16.
const ours: readonly Precision[] = engine === 'onednn' ? PRECISIONS : ['f32'];

void main();

async function main(): Promise<void> {
  const version = process.argv.includes('--no-peer') ? '' : versionOfTorch();
  write(
    `${cpus()[0]!.model}, ${threads} threads, batch ${batch}, ${rounds} rounds of ${steps} steps; ${version || 'no PyTorch here'}`,
  );
  for (const student of students) await compare(student, version !== '');
}

async function compare(student: string, hasPeer: boolean): Promise<void> {
  const found = new Map<string, Run[]>();
  const keep = (name: string, run: Run): void => void found.set(name, [...(found.get(name) ?? []), run]);
  for (let round = 0; round < rounds; round++) {
    for (const precision of PRECISIONS) {
      if (hasPeer) keep(`PyTorch ${precision}`, await measure(python, [peer, ...peerArguments(student, precision)]));
      if (ours.includes(precision))
        keep(`${engine} ${precision}`, await measure(process.execPath, ourArguments(student, precision)));
    }
  }
  for (const [name, runs] of found) {
    const speeds = runs.map(({ imagesPerSecond }) => imagesPerSecond);
    write(
      `${student.padEnd(14)} ${name.padEnd(13)} ${median(speeds).toFixed(1).padStart(7)} images/s ` +
        `(${Math.min(...speeds).toFixed(1)} to ${Math.max(...speeds).toFixed(1)}), peak ${Math.max(...runs.map(({ peak }) => peak)).toFixed(0)} MiB`,
    );
  }
  if (hasPeer) write(ratio(student, found));
}

function ratio(student: string, found: ReadonlyMap<string, Run[]>): string {
  const best = (prefix: string): [string, number, number] =>
    [...found]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, runs]): [string, number, number] => [
        name,
        median(runs.map(({ imagesPerSecond }) => imagesPerSecond)),
        Math.max(...runs.map(({ peak }) => peak)),
      ])
      .reduce((a, b) => (b[1] > a[1] ? b : a));
  const [mine, my, myPeak] = best(engine);
  const [theirs, their, theirPeak] = best('PyTorch');
  return (
    `${student.padEnd(14)} ${mine} is ${(my / their).toFixed(2)} times ${theirs}, ` +
    `with ${(myPeak / theirPeak).toFixed(2)} times its peak memory`
  );
}

function peerArguments(student: string, precision: Precision): string[] {
  return [
    `--student=${student}`,
    `--batch=${batch}`,
    `--precision=${precision}`,
    `--threads=${threads}`,
    `--steps=${steps}`,
  ];
}

function ourArguments(student: string, precision: Precision): string[] {
  const options = [
    `--engine=${engine}`,
    `--precision=${precision}`,
    `--batch=${batch}`,
    `--threads=${threads}`,
    `--steps=${steps}`,
  ];
  return [
    '-r',
    join(__dirname, '../helpers/register-typescript.js'),
    join(__dirname, 'student-step.ts'),
    student,
    ...options,
  ];
}

function measure(command: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let [text, peak] = ['', 0];
    const watch = setInterval(() => (peak = Math.max(peak, peakOf(child.pid!))), 50);
    child.stdout.on('data', (part: Buffer) => (text += part.toString()));
    child.on('close', code => {
      clearInterval(watch);
      const line = text.split('\n').find(part => part.startsWith('{'));
      if (code !== 0 || line === undefined)
        reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${text}`));
      else resolve({ imagesPerSecond: (JSON.parse(line) as { images_per_s: number }).images_per_s, peak });
    });
  });
}

/** Its largest resident memory until now in MiB; 0 where the system does not tell (not Linux) or it has ended. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Empty where Python or PyTorch is not there. */
function versionOfTorch(): string {
  const { status, stdout } = spawnSync(python, ['-c', 'import torch; print("PyTorch", torch.__version__)'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : '';
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
