/**
 * Images a second of distillation steps on a CUDA card: the engines tensorflow and webgpu beside PyTorch, alternately, each run in a
 * process of its own; the best of the rounds counts. Needs the card, the engines as `pipeline doctor` describes, and a Python with
 * torch for CUDA. What does not start is shown with its reason.
 * node -r ./test/helpers/register-typescript.js test/bench/gpu-students.ts [--python=python3] [--rounds=3] [--steps=20]
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readOption, readText } from './options';

const STUDENTS = ['mobilefacenet', 'iresnet50'];
const BATCHES = [64, 256];

interface Contender {
  readonly name: string;
  readonly command: (student: string, batch: number) => readonly string[];
}

const PYTHON = readText('python') ?? 'python3';
const STEPS = readOption('steps', 20);
const REGISTER = join(__dirname, '../helpers/register-typescript.js');

const CONTENDERS: readonly Contender[] = [
  ...['tensorflow', 'webgpu'].map(engine => ({
    name: engine,
    command: (student: string, batch: number) => [
      ...[process.execPath, '-r', REGISTER, join(__dirname, 'student-step.ts'), student],
      ...[`--engine=${engine}`, `--batch=${batch}`, `--steps=${STEPS}`],
    ],
  })),
  ...['f32', 'tf32', 'bf16'].map(precision => ({
    name: `torch ${precision}`,
    command: (student: string, batch: number) => [
      ...[PYTHON, join(__dirname, 'torch_student.py'), '--device', 'cuda', '--student', student],
      ...['--batch', String(batch), '--steps', String(STEPS), '--precision', precision],
    ],
  })),
];

function main(): void {
  print(`card: ${cardName()}`);
  for (const student of STUDENTS) {
    for (const batch of BATCHES) {
      print(`\n${student}, batch ${batch}`);
      for (const [name, outcome] of compete(student, batch)) {
        print(`  ${name.padEnd(12)} ${typeof outcome === 'string' ? outcome : `${outcome} images/s`}`);
      }
    }
  }
}

/** Best rate, or why there is none, of each contender. */
function compete(student: string, batch: number): ReadonlyMap<string, number | string> {
  const outcomes = new Map<string, number | string>();
  for (let round = 0; round < readOption('rounds', 3); round++) {
    for (const { name, command } of CONTENDERS) {
      const before = outcomes.get(name);
      // What did not start in the first round will not in the next.
      if (typeof before === 'string') continue;
      const outcome = run(command(student, batch));
      outcomes.set(name, typeof outcome === 'string' ? outcome : Math.max(outcome, before ?? 0));
    }
  }
  return outcomes;
}

function run([program, ...args]: readonly string[]): number | string {
  const { status, signal, stdout, stderr, error } = spawnSync(program!, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) return `does not start: ${error.message}`;
  const line = stdout.split('\n').find(text => text.startsWith('{'));
  if (status === 0 && line !== undefined) return (JSON.parse(line) as { images_per_s: number }).images_per_s;
  const reason = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? stderr.trim().split('\n').at(-1) ?? '';
  return `does not run (${signal ?? `exit code ${status ?? '?'}`}): ${reason}`;
}

function cardName(): string {
  const { stdout, error } = spawnSync('nvidia-smi', ['--query-gpu=name,driver_version', '--format=csv,noheader'], {
    encoding: 'utf8',
  });
  return error ? 'none (nvidia-smi does not start)' : stdout.trim();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

main();
