import { mkdtemp, readdir, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createSelection } from '../../../src/data/selection';
import { createEmbeddingSet } from '../../../src/data/embedding-set';
import { openFaceSet, pixelFile } from '../../../src/data/face-set';
import type { StageInput } from '../../../src/stage';
import type { Batch } from '../../../src/learning/training/batch';
import { planEpoch, readBatches } from '../../../src/learning/training/batches';
import { readSamples, type SourceSet } from '../../../src/learning/training/samples';
import { openTeacherVectors } from '../../../src/learning/training/teacher-vectors';
import { testFaces, writeFaceSet, type TestFace } from '../../helpers/face-set';
import { BASE_RECIPE, changed } from '../../helpers/recipes';
import { openFilesUnder } from '../../helpers/open-files';

const SIZE = 4;
const DIM = 3;
const SETS = [testFaces('A', 3, 3, SIZE, 20), testFaces('B', 4, 2, SIZE, 20)];
const RECIPE = changed(BASE_RECIPE, { batch: 4, flip: true });

let sources: SourceSet[];

beforeEach(async () => {
  sources = await Promise.all(
    SETS.map(async (faces, i) => {
      const folder = await writeFaceSet(faces, SIZE);
      return { input: { stage: `align-${i}`, folder, digest: `sha256:${i}` }, faces: await openFaceSet(folder) };
    }),
  );
});
afterEach(async () => {
  for (const { faces } of sources) await faces.close();
});

/** A teacher's vectors of set `set`: [set, row, 1 if mirrored], of its first `count` faces. */
async function embedded(set: number, count = SETS[set]!.length): Promise<StageInput> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-embeddings-'));
  const preprocessing = { size: SIZE, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 } as const;
  const about = { dim: DIM, facesDigest: `sha256:${set}`, teacherSha256: 'x', preprocessing };
  const writer = await createEmbeddingSet(folder, about);
  for (const [row, { identity, group }] of SETS[set]!.slice(0, count).entries()) {
    const views = { embedding: Float32Array.of(set, row, 0), embeddingFlipped: Float32Array.of(set, row, 1) };
    await writer.add({ row, key: String(row), identity, group, ...views, norm: 1, normFlipped: 1 });
  }
  await writer.close();
  return { stage: `embed-${set}`, folder, digest: `sha256:of-${set}` };
}

/** A selection that lists [set, row], sets in the order 1, 0 of the sources. */
async function selectionOf(listed: readonly (readonly [number, number])[]): Promise<StageInput> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-selection-'));
  const selection = await createSelection(folder);
  for (const [set, row] of listed) {
    const { identity, group, path } = SETS[1 - set]![row]!;
    await selection.add(set, { row, key: '', path, identity, group, domain: 'real', residual: 0 });
  }
  await selection.close({ sets: [{ digest: 'sha256:1' }, { digest: 'sha256:0' }] });
  return { stage: 'mix', folder, digest: 'sha256:mix' };
}

/** Pixels as the network gets them, place by place. */
function wanted({ pixels }: TestFace, mirrored: boolean, side = SIZE): number[] {
  return Array.from(pixels, (_, i) => {
    const [y, x, channel] = [Math.floor(i / 3 / side), Math.floor(i / 3) % side, i % 3];
    const from = mirrored ? side - 1 - x : x;
    return Math.fround((pixels[(y * side + from) * 3 + channel]! - 127.5) / 127.5);
  });
}

describe('readBatches()', () => {
  test('starts in the midst of an epoch with the batches that are left', async () => {
    const samples = await readSamples(sources);
    const read = async (from?: number): Promise<unknown[]> => {
      const found: unknown[] = [];
      for await (const { samples: seen, mirrored, pixels, labels } of readBatches(
        { sources, samples },
        RECIPE,
        3,
        from,
      )) {
        found.push([seen, mirrored, pixels.slice(), labels]);
      }
      return found;
    };
    const whole = await read();
    expect(whole).toHaveLength(4);
    for (let from = 0; from <= 5; from++) expect(await read(from)).toEqual(whole.slice(from));
  });

  test.each([
    ['every face of two sets', undefined],
    ['a selection of two sets, which lists them the other way round', [0, 1, 2, 3, 4, 5, 6, 7]],
  ])('shows %s once in an epoch: pixels, class and teacher vector of the same view', async (_, rows) => {
    const selection = rows && (await selectionOf(rows.map(row => [row % 2, row])));
    const samples = await readSamples(sources, selection);
    const teacher = await openTeacherVectors(sources, [await embedded(1), await embedded(0)], DIM);
    const seen = new Set<string>();
    const views = new Set<number>();
    for await (const batch of readBatches({ sources, samples, teacher }, RECIPE, 0)) {
      expect(batch.count).toBe(4);
      for (let i = 0; i < 4; i++) {
        const [set, row] = [samples.sets[batch.samples[i]!]!, samples.rows[batch.samples[i]!]!];
        const face = SETS[set]![row]!;
        const values = SIZE * SIZE * 3;
        expect([...batch.pixels.subarray(i * values, (i + 1) * values)]).toEqual(wanted(face, batch.mirrored[i] === 1));
        expect([...batch.teacher!.subarray(i * DIM, (i + 1) * DIM)]).toEqual([set, row, batch.mirrored[i]]);
        expect(samples.classes[batch.labels[i]!]).toBe(`real/${face.group}/${face.identity}`);
        seen.add(`${set}/${row}`);
        views.add(batch.mirrored[i]!);
      }
    }
    // 17 faces leave one over; 8 selected ones leave none.
    expect(seen.size).toBe(rows ? 8 : 16);
    if (rows) expect([...seen].sort()).toEqual(['0/1', '0/3', '0/5', '0/7', '1/0', '1/2', '1/4', '1/6']);
    expect(views.size).toBe(2);
    await teacher.close();
  });

  test('has no batch when there are fewer faces than one takes', async () => {
    const samples = await readSamples(sources);
    const found = [];
    for await (const batch of readBatches({ sources, samples }, { ...RECIPE, batch: 18 }, 0)) found.push(batch);
    expect(found).toEqual([]);
  });

  test('reports a face that cannot be read when its batch is wanted, not while another is learnt from', async () => {
    // The first batch shows rows 0 to 3 of the first set, the second one its last row.
    const [first, second] = [...planEpoch({ count: 8, labels: new Int32Array(8) }, RECIPE, 0)].map(
      views => views.samples,
    );
    const rows = new Uint32Array(8);
    first!.forEach((sample, row) => (rows[sample] = row));
    rows[second![2]!] = 8;
    const people = { classes: ['a', 'b'], groups: ['A', 'A'], namesakes: { count: 0 } };
    const samples = { count: 8, sets: new Uint32Array(8), rows, labels: new Int32Array(8), ...people };
    const file = pixelFile(sources[0]!.input.folder);
    await truncate(file, 9 * SIZE * SIZE * 3 - 1);
    const unhandled: unknown[] = [];
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    const batches = readBatches({ sources, samples }, RECIPE, 0);
    expect((await batches.next()).done).toBe(false);
    // The next batch has failed meanwhile.
    await sleep(50);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    await expect(batches.next()).rejects.toMatchObject({ code: 'bad-face-set' });
    await expect(batches.next()).resolves.toEqual({ done: true, value: undefined });
  });

  test('gives the message of the face set for one that ends too early', async () => {
    const samples = await readSamples(sources);
    const file = pixelFile(sources[1]!.input.folder);
    await truncate(file, 0);
    const read = async (): Promise<void> => {
      for await (const batch of readBatches({ sources, samples }, RECIPE, 0)) expect(batch.count).toBe(4);
    };
    await expect(read()).rejects.toThrow(`Cannot read face set: ${file}: it ends inside face `);
  });

  test('gives the message of the teacher vectors where the face can be read', async () => {
    const samples = await readSamples(sources);
    const given = [await embedded(0), await embedded(1)];
    const teacher = await openTeacherVectors(sources, given, DIM);
    for (const { folder } of given) await truncate(join(folder, 'embeddings.parquet'), 4);
    await expect(readBatches({ sources, samples, teacher }, RECIPE, 0).next()).rejects.toThrow(
      /^No teacher embedding of /,
    );
    await teacher.close();
  });

  test('lends the memory of a batch until the next one is asked for', async () => {
    const samples = await readSamples(sources);
    const batches = readBatches({ sources, samples }, RECIPE, 0);
    const first = (await batches.next()).value as Batch;
    expect(first.pixels).toHaveLength(4 * SIZE * SIZE * 3);
    const second = (await batches.next()).value as Batch;
    expect([first.pixels.length, second.pixels.length]).toEqual([0, 4 * SIZE * SIZE * 3]);
    expect(first.samples).toHaveLength(4);
    await batches.return(undefined);
  });

  test('gives the same batches again, bit by bit, and those of another epoch in another order', async () => {
    const samples = await readSamples(sources);
    const read = async (epoch: number): Promise<number[][]> => {
      const found: number[][] = [];
      for await (const { pixels, labels, mirrored } of readBatches({ sources, samples }, RECIPE, epoch)) {
        found.push([...pixels, ...labels, ...mirrored]);
      }
      return found;
    };
    const first = await read(0);
    expect(first).toHaveLength(4);
    expect(await read(0)).toEqual(first);
    expect(await read(1)).not.toEqual(first);
  });

  test.each([5, 6, 112])(
    'makes floats of faces of %d pixels, whose rows are or are no whole number of words',
    async side => {
      const faces = testFaces('C', 2, 2, side, 60);
      const folder = await writeFaceSet(faces, side);
      const set = await openFaceSet(folder);
      const own = [{ input: { stage: 'align', folder, digest: '' }, faces: set }];
      const [batch] = [
        (await readBatches({ sources: own, samples: await readSamples(own) }, RECIPE, 0).next()).value as Batch,
      ];
      expect(new Set(batch.mirrored).size).toBe(2);
      batch.samples.forEach((sample, i) => {
        const found = batch.pixels.subarray(i * side * side * 3, (i + 1) * side * side * 3);
        expect([...found]).toEqual(wanted(faces[sample]!, batch.mirrored[i] === 1, side));
      });
      await set.close();
    },
  );

  test('ends its thread and closes its files once it was left', async () => {
    const samples = await readSamples(sources);
    const open = (): Promise<string[][]> => Promise.all(sources.map(({ input }) => openFilesUnder(input.folder)));
    const before = await open();
    const batches = readBatches({ sources, samples }, RECIPE, 0);
    await batches.next();
    // Only Linux tells which files are open.
    if (process.platform === 'linux') expect(await open()).not.toEqual(before);
    await batches.return(undefined);
    expect(await open()).toEqual(before);
  });
});

describe('openTeacherVectors()', () => {
  test('reads every vector of both views, writes no file, and closes those that it opened', async () => {
    const given = [await embedded(0), await embedded(1)];
    const vectors = await openTeacherVectors(sources, [given[1]!, given[0]!], DIM);
    const into = new Float32Array(DIM);
    for (const [set, faces] of SETS.entries()) {
      for (const row of faces.keys()) {
        for (const mirrored of [false, true]) {
          await vectors.read(set, row, mirrored, into);
          expect([...into]).toEqual([set, row, Number(mirrored)]);
        }
      }
    }
    await expect(vectors.read(1, SETS[1]!.length, false, into)).rejects.toThrow(RangeError);
    await vectors.close();
    for (const { folder } of given) {
      expect(await readdir(folder)).toEqual(['embeddings.parquet']);
      expect(await openFilesUnder(folder)).toEqual([]);
    }
  });

  test('refuses embeddings of another width, and says which option to set', async () => {
    const given = [await embedded(0), await embedded(1)];
    const failure = openTeacherVectors(sources, given, DIM * 2);
    await expect(failure).rejects.toMatchObject({ code: 'embeddings-mismatch' });
    await expect(failure).rejects.toThrow(
      `embeddings of ${DIM} values and the student's have ${DIM * 2}; set \`embeddingSize: ${DIM}\` of the student`,
    );
    await expect(failure).rejects.not.toThrow('connect an embed-faces stage');
  });

  test('refuses fewer embeddings than faces, and leaves no file open', async () => {
    const given = [await embedded(0), await embedded(1, 5)];
    const failure = openTeacherVectors(sources, given, DIM);
    await expect(failure).rejects.toMatchObject({ code: 'embeddings-mismatch' });
    await expect(failure).rejects.toThrow('"embed-1" has 5 embeddings for 8 faces');
    for (const { folder } of given) expect(await openFilesUnder(folder)).toEqual([]);
  });

  test('closes the embeddings that it opened when others cannot be opened', async () => {
    const first = await embedded(0);
    const missing = { stage: 'embed-1', folder: join(first.folder, 'nowhere'), digest: 'sha256:x' };
    await expect(openTeacherVectors(sources, [first, missing], DIM)).rejects.toThrow(/nowhere/);
    expect(await openFilesUnder(first.folder)).toEqual([]);
  });
});
