import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CLI = join(__dirname, '..', '..', 'dist', 'src', 'cli.js');

/** Stages of the study: reading, rows, training with checkpoints, embedding, evaluation, report. Two variants share the first ones. */
const STUDY = (name: string, seed: number): string => `name: ${name}
stages:
  read: { uses: read-faces, with: { folder: photos, split: train, domain: real } }
  read-test: { uses: read-faces, with: { folder: photos, split: test, domain: real } }
  align: { uses: align-faces, in: { photos: read } }
  align-test: { uses: align-faces, in: { photos: read-test } }
  train: { uses: train-teacher, in: { faces: align }, with: { seed: ${seed}, backbone: tiny, epochs: 2, batch: 16 } }
  embed: { uses: embed-faces, in: { faces: align, teacher: train } }
  distil: { uses: distill-student, in: { faces: align, embeddings: embed }, with: { seed: ${seed}, epochs: 1, batch: 16 } }
  evaluate: { uses: evaluate-student, in: { model: distil, faces: align-test, pairs: read-test }, with: { label: student, role: distilled } }
  report: { uses: report-bias, in: { evaluations: evaluate } }
`;

/** Makes a folder with drawn photographs and two pipeline files, `one.yaml` and `two.yaml`. */
export function makeStudy(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const drawing =
    'name: drawing\nstages:\n  draw: { uses: synthesize-faces, with: { seed: 1, trainIdentities: 6, trainImages: 5, ' +
    'testIdentities: 20, testImages: 2, pairsPerFold: 2 } }\n';
  writeFileSync(join(folder, 'drawing.yaml'), drawing);
  if (!existsSync(join(folder, 'photos'))) {
    const drawn = run(folder, ['run', 'drawing.yaml', '--artifacts', 'drawn']);
    if (drawn.code !== 0) throw new Error(drawn.text);
    spawnSync('cp', ['-rL', join(folder, 'drawn', 'drawing', 'draw', 'photos'), join(folder, 'photos')]);
  }
  writeFileSync(join(folder, 'one.yaml'), STUDY('one', 1));
  writeFileSync(join(folder, 'two.yaml'), STUDY('two', 2));
}

export interface Ended {
  readonly code: number | null;
  readonly text: string;
}

/** Runs a command to its end. */
export function run(cwd: string, args: readonly string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], {
    ...{ cwd, env: { ...process.env, NO_COLOR: '1' }, encoding: 'utf8', maxBuffer: 1 << 28 },
  });
  return { code: status, text: stdout + stderr };
}

/** Starts a command in a process group of its own; `before` is put in front of it. */
export function start(
  cwd: string,
  args: readonly string[],
  before: readonly string[] = [],
): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const [program, ...words] = [...before, process.execPath, CLI, ...args];
  const child = spawn(program!, words, { cwd, detached: true, env: { ...process.env, NO_COLOR: '1' } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => resolve({ code, text }));
  });
  return { child, ended };
}

/** The digests of all outputs of a pipeline, by stage and port. */
export function digestsOf(artifacts: string, pipeline: string): Record<string, string> {
  const folder = join(artifacts, pipeline);
  const stages = readdirSync(folder).filter(name => existsSync(join(folder, name, 'manifest.json')));
  return Object.fromEntries(
    stages.sort().flatMap(stage => {
      const manifest = JSON.parse(readFileSync(join(folder, stage, 'manifest.json'), 'utf8')) as {
        outputs: Record<string, { digest: string }>;
      };
      return Object.entries(manifest.outputs).map(([port, { digest }]) => [`${stage}.${port}`, digest]);
    }),
  );
}

/** A process, told from another that gets its number later. */
export interface Running {
  readonly pid: number;
  readonly born: string;
  readonly command: string;
}

/** All processes below one, itself included, as they are now. Linux only. */
export function treeOf(pid: number): Running[] {
  const all = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      const stat = statOf(Number(name));
      return stat === undefined ? [] : [{ ...stat, pid: Number(name) }];
    });
  const tree = all.filter(one => one.pid === pid);
  for (const one of tree) tree.push(...all.filter(({ parent }) => parent === one.pid));
  return tree.map(({ pid: number, born, command }) => ({ pid: number, born, command }));
}

/** Those of them that still run; zombies do not. */
export function alive(processes: readonly Running[]): Running[] {
  return processes.filter(({ pid, born }) => {
    const stat = statOf(pid);
    return stat !== undefined && stat.born === born && stat.state !== 'Z';
  });
}

/** Processes of ours whose working directory lies in a folder. */
export function workingIn(folder: string): Running[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const at = readlinkSync(`/proc/${name}/cwd`);
        const stat = statOf(Number(name));
        return at.startsWith(folder) && stat !== undefined && stat.state !== 'Z' && Number(name) !== process.pid
          ? [{ pid: Number(name), born: stat.born, command: stat.command }]
          : [];
      } catch {
        return [];
      }
    });
}

function statOf(pid: number): { state: string; parent: number; born: string; command: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').slice(0, 4).join(' ');
    return { state: fields[0]!, parent: Number(fields[1]), born: fields[19]!, command };
  } catch {
    return undefined;
  }
}
