import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../helpers/rig';

const HELPERS = join(__dirname, '..', 'helpers');
const CLI = join(__dirname, '..', '..', 'dist', 'src', 'cli.js');
const DRAW = `name: draw
params: { seed: 1 }
stages:
  draw:
    uses: synthesize-faces
    with: { domain: real, seed: '\${params.seed}', trainIdentities: 1, trainImages: 1, testIdentities: 0 }
`;

let folder: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'pipelines'));
  await writeFile(join(folder, 'pipelines', 'draw.yaml'), DRAW);
});

describe('pipeline run', () => {
  test('finds a bare name in pipelines/, runs it, and reuses everything the second time', async () => {
    const first = await pipeline('run', 'draw');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('1 stage: 0 reused, 1 executed');
    const second = await pipeline('run', 'draw.yaml');
    expect(second.stdout).toContain('everything was reused');
    expect(second.stdout).toContain(join('artifacts', 'draw', 'index.html'));
  });

  test('loads no heavy library when it executes nothing', async () => {
    await pipeline('run', 'draw');
    const { code, stderr } = await node(['-r', join(HELPERS, 'list-packages.js')], 'run', 'draw');
    expect(code).toBe(0);
    const packages = stderr.trim().split('\n');
    expect(packages).toEqual(expect.arrayContaining(['rxjs', 'yaml', 'ajv', 'commander']));
    const heavy = /sharp|tensorflow|onnxruntime|parquet|protobuf/;
    expect(packages.filter(name => heavy.test(name))).toEqual([]);
  });

  test('executes again what --set changes, and what --force names', async () => {
    await pipeline('run', 'draw');
    expect((await pipeline('run', 'draw', '--set', 'seed=2')).stdout).toContain('0 reused, 1 executed');
    expect((await pipeline('run', 'draw', 'draw', '--force', 'draw')).stdout).toContain('0 reused, 1 executed');
    expect((await pipeline('run', 'draw', '--force')).stdout).toContain('0 reused, 1 executed');
  });

  test('prints one event a line with --json', async () => {
    const { stdout } = await pipeline('run', 'draw', '--json', '--artifacts', 'elsewhere');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { type: string });
    expect([events[0]!.type, events.at(-1)!.type]).toEqual(['run-started', 'run-finished']);
    expect(existsSync(join(folder, 'elsewhere', 'draw', 'index.html'))).toBe(true);
  });

  test('shows where a pipeline file is wrong, and writes nothing', async () => {
    const path = join(folder, 'pipelines', 'draw.yaml');
    await writeFile(path, (await readFile(path, 'utf8')).replace('synthesize-faces', 'synthesise-faces'));
    const { code, stdout, stderr } = await pipeline('run', 'draw');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`${join('pipelines', 'draw.yaml')}:5:11`);
    expect(stderr).toContain('synthesize-faces');
    expect(existsSync(join(folder, 'artifacts'))).toBe(false);
  });

  test('names the nearest pipeline when there is no such file', async () => {
    const { code, stderr } = await pipeline('run', 'drwa');
    expect(code).toBe(3);
    expect(stderr).toContain('Cannot find the pipeline file "drwa" (did you mean "draw"?)');
  });

  test('says which stage was meant, and writes nothing', async () => {
    const { code, stderr } = await pipeline('run', 'draw', 'darw');
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "draw"?');
    expect(existsSync(join(folder, 'artifacts'))).toBe(false);
  });

  test('ends with 6 and says what to do when artifacts cannot be stored', async () => {
    await writeFile(join(folder, 'artifacts'), '');
    const { code, stderr } = await pipeline('run', 'draw');
    expect(code).toBe(6);
    expect(stderr).toContain('--artifacts');
    expect(stderr).not.toContain(' at ');
  });
});

describe('pipeline', () => {
  test('ends with 2 and a hint for a command or option that it does not know', async () => {
    const cases = [
      { args: ['rnu'], hint: 'Did you mean run?' },
      { args: ['run', 'draw', '--job', '2'], hint: 'Did you mean --jobs?' },
      { args: ['run', 'draw', '--jobs', '0'], hint: 'integer >= 1' },
      { args: ['run', 'draw', '--set', 'seed'], hint: 'name=value' },
      { args: ['run'], hint: "missing required argument 'file'" },
      { args: ['run', '--force', 'draw'], hint: 'see: pipeline run --help' },
      { args: ['run', 'draw', '--only'], hint: '--only' },
      { args: ['dag', 'draw', '--format', 'svg'], hint: 'ascii, mermaid, dot, html' },
      { args: ['run', 'draw', '--engine', 'gpu'], hint: 'auto, tensorflow, webgpu, onednn, wasm, cpu' },
      { args: ['doctor', '--wheel', 'a.whl'], hint: 'need --fix' },
    ];
    for (const { args, hint } of cases) {
      const { code, stderr } = await pipeline(...args);
      expect([args, code]).toEqual([args, 2]);
      expect(stderr).toContain(hint);
    }
  });

  test('prints help with an example, and its version', async () => {
    for (const args of [['--help'], ['run', '--help'], ['doctor', '--help'], ['help', 'run']]) {
      const { code, stdout } = await pipeline(...args);
      expect(code).toBe(0);
      expect(stdout).toContain('$ pipeline ');
    }
    const { version } = JSON.parse(await readFile(join(__dirname, '..', '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    expect((await pipeline('--version')).stdout).toBe(`${version}\n`);
  });

  test('names the pipelines of the working directory too', async () => {
    await writeFile(join(folder, 'first.yaml'), DRAW);
    expect((await pipeline('run', 'frist')).stderr).toContain(
      '(did you mean "first"?); pipelines/ has draw, the working',
    );
  });

  test('explains the latest run of the pipeline, also when another one ran since', async () => {
    await writeFile(
      join(folder, 'other.yaml'),
      DRAW.replace('name: draw', 'name: other').replace('  draw:', '  paint:'),
    );
    await pipeline('run', 'draw');
    await pipeline('run', 'other');
    const { stdout, stderr } = await pipeline('explain', 'draw', 'draw@latest');
    expect(stderr).toBe('');
    expect(stdout).toContain('had to execute it.');
    const runs = await pipeline('runs', '--pipeline', 'drow');
    expect([runs.code, runs.stderr]).toEqual([2, expect.stringContaining('(did you mean "draw"?)')]);
  });

  test('accepts an earlier result, and names only what differs', async () => {
    const rest = `  read: { uses: read-faces, in: { folder: draw }, with: { split: train, domain: real } }
  align: { uses: align-faces, in: { photos: read } }
`;
    await writeFile(join(folder, 'align.yaml'), DRAW.replace('name: draw', 'name: align') + rest);
    await pipeline('run', 'align');
    await pipeline('run', 'align', 'read', '--set', 'seed=2');
    // Rows of the first could be reused, which is no difference.
    const accepted = await pipeline('accept', 'align', 'align', '--set', 'seed=2', '--because', 'same people');
    expect(accepted.stdout.match(/difference: .*/g)).toEqual([
      expect.stringContaining('difference: input read changed'),
    ]);
    expect((await pipeline('plan', 'align', '--set', 'seed=2')).stdout).toContain('3 stages: 3 hit');
  });

  test('tells what this machine can train on', async () => {
    const { code, stdout } = await pipeline('doctor');
    expect(code).toBe(0);
    expect(stdout).toContain('--engine auto selects ');
  });

  test('refuses a training in bf16 on an engine that knows f32 only, and writes nothing', async () => {
    const rest = `  read: { uses: read-faces, in: { folder: draw }, with: { split: train, domain: real } }
  align: { uses: align-faces, in: { photos: read } }
  train: { uses: train-teacher, in: { faces: align }, with: { precision: bf16 } }
`;
    await writeFile(join(folder, 'train.yaml'), DRAW.replace('name: draw', 'name: train\nengine: wasm') + rest);
    const { code, stderr } = await pipeline('run', 'train');
    expect(code).toBe(3);
    expect(stderr).toContain('the engine wasm knows f32 only');
    expect(existsSync(join(folder, 'artifacts'))).toBe(false);
  });

  test('lists the stages, and describes one', async () => {
    expect((await pipeline('stages')).stdout).toContain('align-faces');
    expect((await pipeline('stages', 'read-faces')).stdout).toContain('split');
  });

  test('goes on in silence when the reader of its output goes away', async () => {
    const command = `"${process.execPath}" "${CLI}" run draw --json | true`;
    const { code, stderr } = await run('bash', ['-o', 'pipefail', '-c', command]);
    expect([code, stderr]).toEqual([0, '']);
    expect(existsSync(join(folder, 'artifacts', 'draw', 'index.html'))).toBe(true);
  });
});

function pipeline(...args: readonly string[]) {
  return node([], ...args);
}

function node(options: readonly string[], ...args: readonly string[]) {
  return run(process.execPath, [...options, CLI, ...args]);
}

function run(
  program: string,
  args: readonly string[],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise(resolve => {
    const child = spawn(program, args, { cwd: folder });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
}
