/**
 * Largest resident memory of the command line over data sets of growing size, and what an image more takes of it: `npm run bench:memory --
 * [--sizes=10000,100000,1000000] [--each=10] [--groups=4] [--one-picture-in=100] [--folder=FOLDER] [--cli=FILE]`. Needs the build, and disk
 * for the names: 300 MB for a million. The photographs are links to a few files, most of them empty; what is made for a size is removed again.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { spawnSync } from 'node:child_process';
import { linkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { makePhotographs } from './many-photographs';
import { silentForMs } from '../../src/kit/files/file-times';
import { readOption, readText } from './options';

const CLI = resolve(readText('cli') ?? join(__dirname, '..', '..', 'dist', 'src', 'cli.js'));
const SIZES = (readText('sizes') ?? '10000,100000,1000000').split(',').map(Number);
/** Wanted, in bytes an image. */
const [MOST_IN_COMMAND, MOST_IN_STAGE] = [100, 500];
/** Files whose times are so near to the look at them are read again every time. */
const AT_REST_MS = silentForMs() + 1000;

interface Peak {
  readonly what: string;
  readonly most: number;
  /** In bytes. */
  readonly peak: number;
  /** Of the whole command. */
  readonly seconds: number;
}

void main();

async function main(): Promise<void> {
  const given = readText('folder');
  const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'fairdistill-bench-')) : resolve(given);
  await mkdir(folder, { recursive: true });
  const columns: Peak[][] = [];
  for (const size of SIZES) {
    const place = join(folder, String(size));
    try {
      columns.push(await measure(place, size));
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  }
  if (given === undefined) await rm(folder, { recursive: true });
  columns[0]!.forEach((_, row) => say(rowText(columns.map(column => column[row]!))));
}

async function measure(folder: string, size: number): Promise<Peak[]> {
  const photographs = join(folder, 'photographs');
  await mkdir(photographs, { recursive: true });
  await makePhotographs(photographs, {
    count: size,
    each: readOption('each', 10),
    groups: readOption('groups', 4),
    onePictureIn: readOption('one-picture-in', 100),
  });
  writeFileSync(join(folder, 'many.yaml'), PIPELINE);
  await new Promise(resolve => setTimeout(resolve, AT_REST_MS));
  const peaks: Peak[] = [];
  const command = (what: string, args: readonly string[], expected: RegExp): void => {
    peaks.push(peakOf(folder, what, args, expected));
    process.stderr.write(`${size} photographs: ${describe(peaks.at(-1)!)}\n`);
  };
  command('plan, nothing known', ['plan', 'many.yaml'], /read/);
  command('run', ['run', 'many.yaml'], /2 stages: .*2 executed|2 executed/);
  peaks.push(...stagePeaks(folder, peaks.at(-1)!.seconds));
  command('run, all reused', ['run', 'many.yaml'], /2 reused/);
  command('plan, all known', ['plan', 'many.yaml'], /read/);
  addPhotograph(photographs);
  command('plan, one photograph more', ['plan', 'many.yaml'], /read/);
  command('verify', ['verify'], /object/);
  command('gc', ['gc', '--dry-run'], /kept|keep/);
  return peaks;
}

const PIPELINE = `name: many
stages:
  read: { uses: read-faces, with: { folder: photographs, split: train } }
  align: { uses: align-faces, in: { photos: read }, with: { allowSkipped: 1, damaged: skip, oddLandmarks: warn } }
`;

function peakOf(cwd: string, what: string, args: readonly string[], expected: RegExp): Peak {
  const file = join(cwd, 'peak.txt');
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['-r', join(__dirname, 'write-peak.js'), CLI, ...args],
    { cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1', PEAK_FILE: file }, maxBuffer: 1 << 28 },
  );
  if (status !== 0 || !expected.test(stdout + stderr)) {
    throw new Error(`pipeline ${args.join(' ')} ended with ${status ?? '?'}: ${(stderr + stdout).slice(-2000)}`);
  }
  const peak = Number(readFileSync(file, 'utf8')) * 1024;
  rmSync(file);
  return { what, most: MOST_IN_COMMAND, peak, seconds: (performance.now() - start) / 1e3 };
}

/** What the stages' processes have told of themselves. */
function stagePeaks(folder: string, seconds: number): Peak[] {
  const actions = join(folder, 'artifacts', '.store', 'actions');
  const found = readdirSync(actions).map(name => JSON.parse(readFileSync(join(actions, name), 'utf8')) as Told);
  return found
    .map(({ stage, peakMemory }) => ({ what: `  stage ${stage.name}`, most: MOST_IN_STAGE, peak: peakMemory, seconds }))
    .sort((a, b) => (a.what < b.what ? 1 : -1));
}

interface Told {
  readonly stage: { readonly name: string };
  readonly peakMemory: number;
}

function addPhotograph(photographs: string): void {
  const [group] = readdirSync(join(photographs, 'train', 'data'));
  const identity = join(photographs, 'train', 'data', group!, 'm.0000000');
  linkSync(join(identity, readdirSync(identity)[0]!), join(identity, 'added.jpg'));
}

function rowText(peaks: readonly Peak[]): string {
  const cells = peaks.flatMap((one, index) => {
    const before = peaks[index - 1];
    if (before === undefined) return [mebibytes(one)];
    const slope = (one.peak - before.peak) / (SIZES[index]! - SIZES[index - 1]!);
    return [mebibytes(one), `${(slope / 1000).toFixed(3)} kB an image`.padStart(20), slope <= one.most ? '  ' : ' !'];
  });
  const [{ what, most }] = peaks as readonly [Peak];
  return `${what.padEnd(28)}${cells.join('')}   (at most ${most / 1000})`;
}

function describe({ what, peak, seconds }: Peak): string {
  return `${what}: ${(peak / 2 ** 20).toFixed(0)} MiB, ${seconds.toFixed(1)} s`;
}

function mebibytes({ peak }: Peak): string {
  return `${(peak / 2 ** 20).toFixed(0)} MiB`.padStart(10);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
