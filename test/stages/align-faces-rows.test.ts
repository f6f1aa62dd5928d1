import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Matrix3x3 } from 'sharp';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createPhotoSet, openPhotoSet, type PhotoRow } from '../../src/data/photo-set';
import { photograph } from '../../src/drawing/photograph';
import { createFaceSet, openFaceSet } from '../../src/data/face-set';
import { permutation, seededRandom } from '../../src/kit/math/random';
import { alignFaces } from '../../stages/align-faces';
import { readFaces } from '../../stages/read-faces';
import { digestsIn } from '../helpers/digests';
import { ALIGNING, READING, put, temporaryFolder, writePhotoFolder } from '../helpers/photo-folder';
import { runStage, type StageRun } from '../helpers/run-stage';

const SIZE = 112;

/** 24 photographs, without landmarks for the sixth. */
let rows: PhotoRow[];
let root: string;
beforeAll(async () => {
  const folder = await writePhotoFolder('AB', { images: 6 });
  root = folder.root;
  const { folder: read } = await runStage(readFaces, { ...READING, folder: root }, {});
  const set = await openPhotoSet(join(read, 'photos'));
  rows = [];
  for await (const row of set.rows()) rows.push(row);
  await set.close();
  rows[5] = { ...rows[5]!, landmarks: undefined };
});

/** @param images that each group is said to have: of many, few are looked at */
async function photosOf(photos: readonly PhotoRow[], images: number = photos.length): Promise<string> {
  const folder = await temporaryFolder('photo-set');
  const set = await createPhotoSet(folder, root);
  for (const row of photos) await set.add(row);
  const names = [...new Set(photos.map(({ group }) => group))];
  const group = { images, identities: 2, withoutLandmarks: 0 };
  const groups = Object.fromEntries(names.map(name => [name, group]));
  await set.close({ count: photos.length, domain: 'real', landmarkFiles: {}, groups });
  return folder;
}

const align = async (
  photos: readonly PhotoRow[],
  earlier: readonly StageRun[] = [],
  {
    size = SIZE,
    cores = 2,
    images = photos.length,
    oddLandmarks = 'fail',
  }: { size?: number; cores?: number; images?: number; oddLandmarks?: 'fail' | 'warn' } = {},
): Promise<StageRun> =>
  runStage(
    alignFaces,
    { ...ALIGNING, size, allowSkipped: 0.5, oddLandmarks },
    { photos: await photosOf(photos, images) },
    { cores, earlier: earlier.map(({ folder }) => folder) },
  );
const reusedIn = ({ events }: StageRun): unknown => events.find(event => event.type === 'rows');
const warningsOf = ({ events }: StageRun): string[] =>
  events.flatMap(event => (event.type === 'log' && event.text.includes('earlier') ? [event.text] : []));

async function expectSame(run: StageRun, photos: readonly PhotoRow[]): Promise<void> {
  const plain = await align(photos);
  expect(reusedIn(plain)).toMatchObject({ reused: 0 });
  expect(await digestsIn(run.folder)).toEqual(await digestsIn(plain.folder));
  expect(run.metrics).toEqual(plain.metrics);
}

/** As if the file of a photograph held what another one holds. */
const withBytesOf = (photo: PhotoRow, { path, sha256, bytes }: PhotoRow): PhotoRow => ({
  ...photo,
  path,
  sha256,
  bytes,
});

describe('align-faces with earlier artifacts', () => {
  test.each<[string, (rows: readonly PhotoRow[]) => PhotoRow[], number, number]>([
    ['the same photographs', all => [...all], 23, 23],
    ['the same in another order', all => [...permutation(24, seededRandom(1, 'x'))].map(i => all[i]!), 23, 23],
    ['some of them', all => all.filter((_, i) => i % 4 === 0), 6, 6],
    ['one of them twice', all => [all[0]!, ...all], 24, 24],
    ['one under another name', all => [{ ...all[0]!, identity: 'x', group: 'B', domain: 'synthetic' }, ...all], 24, 24],
    ['one with other bytes', all => [withBytesOf(all[0]!, all[7]!), ...all.slice(1)], 23, 23],
    ['one with another landmark', all => [moved(all[0]!), ...all.slice(1)], 22, 23],
    ['landmarks for the one that had none', all => all.map(row => ({ ...row, landmarks: all[0]!.landmarks })), 23, 24],
  ])('computes only what is new, and makes the same bytes: %s', async (_, change, reused, total) => {
    const run = await align(change(rows), [await align(rows)]);
    expect(reusedIn(run)).toEqual({ type: 'rows', reused, total });
    expect(warningsOf(run)).toEqual([]);
    await expectSame(run, change(rows));
  });

  test('takes faces from several artifacts, on any number of cores', async () => {
    const earlier = [await align(rows.slice(12)), await align(rows.slice(0, 15))];
    for (const cores of [1, 3]) {
      const run = await align(rows, earlier, { cores });
      expect(reusedIn(run)).toEqual({ type: 'rows', reused: 23, total: 23 });
      await expectSame(run, rows);
    }
  });

  test('does take the pixels, and opens no photographs for them but those that are looked at', async () => {
    const earlier = await align(rows.slice(0, 5));
    const gone = rows.slice(0, 5).map(row => ({ ...row, path: `gone/${row.path}` }));
    const run = await align(gone, [earlier], { images: 1e9 });
    expect((await digestsIn(run.folder))['faces/pixels.rgb8']).toBe(
      (await digestsIn(earlier.folder))['faces/pixels.rgb8'],
    );
    await expect(align(gone, [], { images: 1e9 })).rejects.toMatchObject({ code: 'photo-missing' });
    await expect(align(gone, [earlier])).rejects.toMatchObject({ code: 'photo-missing' });
  });

  test('finds rows of other photographs whatever was aligned before', async () => {
    const drawn = await drawnRows(48);
    const wrong = drawn.map((row, i) => ({ ...row, landmarks: drawn[(i + 2) % drawn.length]!.landmarks }));
    // Too few of a group to be judged.
    const earlier = [await align(wrong.slice(0, 24)), await align(wrong.slice(24))];
    await expect(align(wrong, earlier)).rejects.toMatchObject({ code: 'landmark-order' });
    const run = await align(wrong, earlier, { oddLandmarks: 'warn' });
    const plain = await align(wrong, [], { oddLandmarks: 'warn' });
    expect([reusedIn(run), reusedIn(plain)]).toMatchObject([{ reused: 48 }, { reused: 0 }]);
    expect(run.metrics).toMatchObject({ landmarks: { B: { lookedAt: 48 } } });
    expect(run.metrics).toEqual(plain.metrics);
    const told = ({ events }: StageRun) => events.filter(event => event.type === 'log' || event.type === 'headline');
    expect(told(run)).toEqual(told(plain));
    expect(await digestsIn(run.folder)).toEqual(await digestsIn(plain.folder));
    const faces = await openFaceSet(join(run.folder, 'faces'));
    await faces.close();
    expect(faces.info.doubts).toEqual({
      B: [expect.stringMatching(/^landmarks: aligned by their own rows, 48 faces look/)],
    });
  });

  test('finds how photographs were recorded whatever was aligned before, and keeps it with the faces', async () => {
    const drawn = await drawnRows(20);
    for (const { path } of drawn) {
      const bytes = await sharp(await readFile(join(root, path)))
        .recomb([0, 1, 2].map(row => [0, 1, 2].map(column => Number(row + column === 2))) as unknown as Matrix3x3)
        .png()
        .toBuffer();
      await put(root, `bgr/${path}`, bytes);
    }
    const bgr = await Promise.all(drawn.map(async row => withPath(row, `bgr/${row.path}`)));
    const run = await align(bgr, [await align(bgr.slice(0, 11)), await align(bgr.slice(11))]);
    expect(reusedIn(run)).toMatchObject({ reused: 20 });
    await expectSame(run, bgr);
    const text = /red is not the strongest colour of 20 of 20 coloured faces/;
    expect(run.events).toContainEqual({ type: 'headline', text: expect.stringMatching(text) as unknown });
    const faces = await openFaceSet(join(run.folder, 'faces'));
    await faces.close();
    expect(faces.info.doubts).toEqual({ B: [expect.stringMatching(text)] });
  });

  test('aligns faces again whose pixels are not those that were written, and warns once', async () => {
    const earlier = await align(rows);
    const path = join(earlier.folder, 'faces', 'pixels.rgb8');
    const pixels = await readFile(path);
    for (const row of [3, 20]) pixels[row * SIZE * SIZE * 3 + 99]! ^= 1;
    await writeFile(path, pixels);
    const run = await align(rows, [earlier]);
    expect(reusedIn(run)).toEqual({ type: 'rows', reused: 21, total: 23 });
    expect(warningsOf(run)).toEqual([expect.stringMatching(/are damaged and are aligned again: .* face 3 has digest/)]);
    await expectSame(run, rows);
  });

  test.each<[string, (folder: string) => Promise<void>]>([
    ['pixels are cut short', async folder => writeFile(join(folder, 'pixels.rgb8'), 'x')],
    ['table is gone', folder => rm(join(folder, 'faces.parquet'))],
    ['description is no JSON', folder => writeFile(join(folder, 'face-set.json'), '{')],
    ['description has no size', folder => writeFile(join(folder, 'face-set.json'), '{"count": 23}')],
    ['table does not tell what its faces were made from', withoutSources],
  ])('does without an artifact whose %s', async (_, damage) => {
    const earlier = await align(rows);
    await damage(join(earlier.folder, 'faces'));
    const run = await align(rows, [earlier]);
    expect(reusedIn(run)).toMatchObject({ reused: 0 });
    await expectSame(run, rows);
  });

  test('does without faces of another size, and warns', async () => {
    const run = await align(rows, [await align(rows, [], { size: 128 })]);
    expect(warningsOf(run)).toEqual([
      expect.stringMatching(/No faces .* has faces of 128 px \(arcface\), want 112 px \(arcface\)$/),
    ]);
    await expectSame(run, rows);
  });
});

/** Drawn photographs of as many people, two of each, in a folder of their own. */
async function drawnRows(count: number): Promise<PhotoRow[]> {
  const found: PhotoRow[] = [];
  for (let i = 0; i < count; i++) {
    const sitter = { seed: 5, domain: 'synthetic', group: 'B', name: `s${i >> 1}` } as const;
    const { jpeg, landmarks } = await photograph(sitter, i % 2, 140);
    const path = `drawn/s${i}.jpg`;
    await put(root, path, jpeg);
    found.push({
      ...{ path, identity: `s${i >> 1}`, group: 'B', domain: 'synthetic', bytes: jpeg.length },
      sha256: createHash('sha256').update(jpeg).digest('hex'),
      landmarks: landmarks.flatMap(point => [...(point as readonly number[])]),
    });
  }
  return found;
}

async function withPath(photo: PhotoRow, path: string): Promise<PhotoRow> {
  const bytes = await readFile(join(root, path));
  return { ...photo, path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

function moved(photo: PhotoRow): PhotoRow {
  return { ...photo, landmarks: photo.landmarks!.map((value, i) => (i === 3 ? value + 1 : value)) };
}

/** As another stage writes a face set. */
async function withoutSources(folder: string): Promise<void> {
  const old = await openFaceSet(folder);
  const faces: Parameters<Awaited<ReturnType<typeof createFaceSet>>['add']>[] = [];
  for await (const { path, identity, group, domain, residual, row } of old.rows()) {
    const pixels = new Uint8Array(SIZE * SIZE * 3);
    await old.readPixels(row, pixels);
    faces.push([{ path, identity, group, domain, residual }, pixels]);
  }
  await old.close();
  const set = await createFaceSet(folder, { size: SIZE });
  for (const face of faces) await set.add(...face);
  await set.close();
}
