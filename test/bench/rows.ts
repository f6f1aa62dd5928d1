/**
 * A data set to which 1 % is added: what aligning and embedding take the second time, against the first.
 * node -r ./test/helpers/register-typescript.js test/bench/rows.ts [--photos=4000] [--size=200] [--cores=2] [--batch=64] [teacher …]
 *
 * `first`: 4,000 drawn photographs. `1 % added`: 40 more, with the first artifact to take rows from. `nothing added`: the same
 * photographs again, which is what does not depend on how much is new. `all of it`: with the 40 and nothing to take from; its files
 * must be those of `1 % added`.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { createPhotoSet, openPhotoSet, type PhotoRow } from '../../src/data/photo-set';
import { drawAlbums } from '../../src/drawing/draw-albums';
import { seededRandom } from '../../src/kit/math/random';
import { exportOnnx } from '../../src/learning/exporters/export-onnx';
import { initialise } from '../../src/learning/networks';
import type { Stage } from '../../src/stage';
import { studentNow } from '../helpers/families';
import { alignFaces } from '../../stages/align-faces';
import { embedFaces } from '../../stages/embed-faces';
import { readFaces } from '../../stages/read-faces';
import { ALIGNING, READING } from '../helpers/photo-folder';
import { digestsIn } from '../helpers/digests';
import { runStage } from '../helpers/run-stage';
import { readOption, readWords } from './options';
import { timed, type Timed } from './timed';

const [PHOTOS, SIZE] = [readOption('photos', 4000), readOption('size', 200)];
const [CORES, BATCH] = [readOption('cores', 2), readOption('batch', 64)];
const GROUPS = ['A', 'B', 'C', 'D'] as const;
const IMAGES = 10;

void main();

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-bench-'));
  // What the stages make is hundreds of megabytes a run, and goes with the folder.
  process.env['TMPDIR'] = folder;
  try {
    const [first, grown] = await drawnPhotos(folder);
    say(`${PHOTOS} photographs of ${SIZE} x ${SIZE} pixels, 1 % added; ${CORES} cores`);
    say('stage                        run             wall s    CPU s   of first   rows taken');
    const options = ALIGNING;
    // Loads the modules, and warms the disk.
    await runStage(alignFaces, options, { photos: first }, { cores: CORES });
    const aligned = await compare('align-faces', alignFaces, options, ['photos', first, grown], 'faces');
    for (const name of readWords(['mobilefacenet', 'iresnet18'])) {
      const model = join(folder, `${name}.onnx`);
      const backbone = studentNow(name);
      await writeFile(model, exportOnnx(backbone, initialise(backbone, seededRandom(1, name))));
      await compare(`embed-faces, ${name}`, embedFaces, { model, batch: BATCH }, ['faces', ...aligned], 'embeddings');
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Two photo sets: one, and one with a hundredth more, spread over it. */
async function drawnPhotos(folder: string): Promise<[first: string, grown: string]> {
  const root = join(folder, 'drawn');
  await mkdir(root);
  const trainIdentities = Math.ceil((1.01 * PHOTOS) / IMAGES / GROUPS.length);
  const drawing = {
    seed: 1,
    domain: 'real',
    groups: GROUPS,
    trainIdentities,
    trainImages: IMAGES,
    size: SIZE,
  } as const;
  const no = { testIdentities: 0, testImages: 1, pairsPerFold: 1 };
  await lastValueFrom(drawAlbums(root, { ...drawing, ...no }, CORES));
  const { folder: read } = await runStage(readFaces, { ...READING, folder: root }, {});
  const first = await partOf(join(read, 'photos'), join(folder, 'first'), row => row % 101 !== 50);
  return [first, await partOf(join(read, 'photos'), join(folder, 'grown'), () => true)];
}

async function partOf(photos: string, into: string, isIn: (row: number) => boolean): Promise<string> {
  await mkdir(into);
  const whole = await openPhotoSet(photos);
  const part = await createPhotoSet(into, whole.root);
  const kept: PhotoRow[] = [];
  let row = 0;
  for await (const photo of whole.rows()) {
    if (!isIn(row++)) continue;
    kept.push(photo);
    await part.add(photo);
  }
  const groupOf = (name: string) => {
    const own = kept.filter(({ group }) => group === name);
    return { images: own.length, identities: new Set(own.map(({ identity }) => identity)).size, withoutLandmarks: 0 };
  };
  const groups = Object.fromEntries(GROUPS.map(name => [name, groupOf(name)]));
  await part.close({ ...whole.info, count: kept.length, groups });
  await whole.close();
  return into;
}

/** Runs a stage in the four ways; returns its outputs of the first and the grown set. */
async function compare<Options>(
  title: string,
  stage: Stage<Options>,
  options: Options,
  [port, first, grown]: readonly [string, string, string],
  output: string,
): Promise<[string, string]> {
  let of: Timed | undefined;
  const run = async (name: string, input: string, earlier: readonly string[]): Promise<string> => {
    let made: Awaited<ReturnType<typeof runStage>>;
    const time = await timed(async () => {
      // Not in the artifact, where its parts would be compared.
      const checkpoints = { folder: await mkdtemp(join(tmpdir(), 'fairdistill-bench-')) };
      made = await runStage(stage, options, { [port]: input }, { cores: CORES, earlier, checkpoints });
      await rm(checkpoints.folder, { recursive: true });
    });
    of ??= time;
    const rows = made!.events.find(event => event.type === 'rows');
    say(
      `${title.padEnd(28)} ${name.padEnd(14)} ${time.wall.toFixed(2).padStart(7)} ${time.cpu.toFixed(2).padStart(8)} ` +
        `${((100 * time.wall) / of.wall).toFixed(1).padStart(8)} %   ${rows?.reused} of ${rows?.total}`,
    );
    return made!.folder;
  };
  const old = await run('first', first, []);
  const young = await run('1 % added', grown, [old]);
  await run('nothing added', first, [old]);
  const plain = await run('all of it', grown, []);
  const [found, wanted] = [await digestsIn(young), await digestsIn(plain)];
  const other = Object.keys({ ...found, ...wanted }).filter(file => found[file] !== wanted[file]);
  if (other.length > 0) throw new Error(`${title}: other bytes in ${other.join(', ')}`);
  return [join(old, output), join(young, output)];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
