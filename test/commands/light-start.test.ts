import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { REPOSITORY } from '../helpers/run-cli';
import { temporaryFolder } from '../helpers/temporary-folder';
import { projectionFile, tinyRecogniser } from '../helpers/tiny-onnx';

const CLI = join(REPOSITORY, 'dist', 'src', 'cli.js');
const LIST_PACKAGES = join(__dirname, '..', 'helpers', 'list-packages.js');
const HEAVY = /tfjs|tensorflow|onnxruntime|sharp|parquet|protobuf|webgpu/;
/** Every stage that loads something heavy when it runs is described; one is cheap enough to be executed first. */
const PIPELINE = `name: light
stages:
  draw: { uses: synthesize-faces, with: { domain: real, groups: [A], trainIdentities: 1, trainImages: 1, testIdentities: 0 } }
  read: { uses: read-faces, in: { folder: draw }, with: { split: train, domain: real } }
  align: { uses: align-faces, in: { photos: read } }
  teach: { uses: train-teacher, in: { faces: align } }
  embed: { uses: embed-faces, in: { faces: align, teacher: teach } }
  embed-own: { uses: embed-faces, in: { faces: align }, with: { model: teacher.onnx } }
`;

let folder: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder, 'pipelines'));
  await writeFile(join(folder, 'pipelines', 'light.yaml'), PIPELINE);
  const external = { location: 'teacher.data' };
  await writeFile(join(folder, 'teacher.onnx'), tinyRecogniser({ size: 112, dim: 2, external }));
  await writeFile(join(folder, 'teacher.data'), projectionFile(3 * 112 * 112, 2));
  const { code, stderr } = await pipeline('run', 'light', 'embed-own', '--engine', 'wasm');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

describe('the built command line', () => {
  test('is there', () => {
    expect(existsSync(CLI)).toBe(true);
  });

  test.each([
    'run light embed-own --engine wasm',
    'run light --engine wasm --dry-run',
    'plan light --engine wasm',
    'plan light --engine auto',
    'status light --engine wasm',
    'explain light align --engine wasm',
    'dag light',
    'runs',
    'stages',
    'stages distill-student',
    'schema',
    'complete-stages light',
  ])('loads no heavy package for %s', async line => {
    const { code, packages } = await pipeline(...line.split(' '));
    expect(code).toBe(0);
    expect(packages).toContain('commander');
    expect(packages.filter(name => HEAVY.test(name))).toEqual([]);
  });

  test.each(['--help', '--version', 'completion bash'])(
    'reads no pipeline and loads next to nothing for %s',
    async line => {
      const { code, packages } = await pipeline(...line.split(' '));
      expect([code, packages]).toEqual([0, ['commander']]);
    },
  );
});

/** Runs it and lists the packages that its own process has loaded. */
function pipeline(...args: string[]): Promise<{ code: number | null; stderr: string; packages: string[] }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['-r', LIST_PACKAGES, CLI, ...args], { cwd: folder });
    let text = '';
    child.stdout.resume();
    child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('error', reject);
    child.on('close', code => {
      const lines = text.split('\n').filter(line => line !== '');
      const isPackage = (line: string): boolean => existsSync(join(REPOSITORY, 'node_modules', line));
      resolve({
        code,
        packages: lines.filter(isPackage),
        stderr: lines.filter(line => !isPackage(line)).join('\n'),
      });
    });
  });
}
