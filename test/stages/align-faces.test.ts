import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { drawAlbums } from '../../src/drawing/draw-albums';
import { openFaceSet, type FaceRow } from '../../src/data/face-set';
import { alignFaces } from '../../stages/align-faces';
import { readFaces } from '../../stages/read-faces';
import { ALIGNING, READING, photo, temporaryFolder, writePhotoFolder, type PhotoFolder } from '../helpers/photo-folder';
import { runStage, type StageRun } from '../helpers/run-stage';
import { drawPictures } from '../helpers/draw-pictures';

const read = async ({ root }: PhotoFolder): Promise<string> =>
  join((await runStage(readFaces, { ...READING, folder: root }, {})).folder, 'photos');
const align = (photos: string, allowSkipped = 0, cores = 2): Promise<StageRun> =>
  runStage(alignFaces, { ...ALIGNING, allowSkipped }, { photos }, { cores });
const rowsOf = async (run: StageRun): Promise<FaceRow[]> => {
  const set = await openFaceSet(join(run.folder, 'faces'));
  const rows: FaceRow[] = [];
  for await (const row of set.rows()) rows.push(row);
  await set.close();
  return rows;
};
/** Drawn faces of groups A and B: 10 people with 4 photographs each. */
const drawnFolder = async (): Promise<PhotoFolder> => {
  const root = await temporaryFolder('drawn');
  const people = { trainIdentities: 10, testIdentities: 0, trainImages: 4, testImages: 0, pairsPerFold: 1 };
  const options = { seed: 2, domain: 'real', groups: ['A', 'B'], size: 120, ...people } as const;
  await lastValueFrom(drawAlbums(root, options, 2));
  return { root, txt: (group, kind) => join(root, 'train', 'txts', group, `${group}_${kind}.txt`) };
};
const warningsOf = ({ events }: StageRun): string[] =>
  events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
/** Writes other points into every row of a group's landmark file. */
const editRows = async (
  { txt }: PhotoFolder,
  group: string,
  change: (points: readonly string[], row: number) => readonly string[],
): Promise<void> => {
  const lines = (await readFile(txt(group, 'lmk'), 'utf8')).trim().split('\n');
  const edited = lines.map((line, row) => {
    const [image, label, ...points] = line.split('\t');
    return [image, label, ...change(points, row)].join('\t');
  });
  await writeFile(txt(group, 'lmk'), edited.join('\n') + '\n');
};
const failure = async (photos: string, allowSkipped = 0) => {
  try {
    await align(photos, allowSkipped);
  } catch (error) {
    return { message: (error as Error).message, code: (error as { code?: string }).code };
  }
  return { message: 'no error', code: undefined };
};
/** Drops line `number` of a group's landmark file. */
const dropRow = async ({ txt }: PhotoFolder, group: string, number: number): Promise<void> => {
  const lines = (await readFile(txt(group, 'lmk'), 'utf8')).trim().split('\n');
  await writeFile(txt(group, 'lmk'), lines.filter((_, i) => i !== number - 1).join('\n'));
};

describe('align-faces', () => {
  test('aligns every photograph, in order', async () => {
    const photos = await read(await writePhotoFolder('AB', { images: 3 }));
    const run = await align(photos);
    const rows = await rowsOf(run);
    expect(rows.map(({ row, group, identity, domain }) => [row, group, identity, domain])).toEqual(
      Array.from({ length: 12 }, (_, i) => {
        const group = i < 6 ? 'A' : 'B';
        return [i, group, `m.${group.toLowerCase()}${Math.floor((i % 6) / 3)}`, 'real'];
      }),
    );
    expect(new Set(rows.map(row => row.key)).size).toBe(12);
    expect(rows.every(row => row.residual < 0.01)).toBe(true);
    expect(run.metrics).toMatchObject({
      faces: 12,
      groups: { A: { images: 6, identities: 2 }, B: { images: 6, identities: 2 } },
      skipped: {},
    });
    expect(run.looks).toEqual([]);
    expect([...(await drawPictures(alignFaces, run.folder)).keys()]).toEqual(['contact-sheet.jpg', 'mean-faces.jpg']);
    expect(existsSync(join(run.folder, 'skipped.csv'))).toBe(false);
    expect(run.events).toContainEqual({ type: 'progress', done: 12, total: 12, unit: 'photographs' });
  });

  test('gives the same bytes whatever the number of cores', async () => {
    const photos = await read(await writePhotoFolder('AB', { images: 4 }));
    const [one, three] = [await align(photos, 0, 1), await align(photos, 0, 3)];
    for (const file of ['faces/faces.parquet', 'faces/pixels.rgb8', 'faces/face-set.json', 'mean-faces.tiles']) {
      expect((await readFile(join(one.folder, file))).equals(await readFile(join(three.folder, file)))).toBe(true);
    }
  });

  test('fails at a missing row by default, and says where and what to do', async () => {
    const folder = await writePhotoFolder('AB');
    await dropRow(folder, 'B', 2);
    const photos = await read(folder);
    expect(await failure(photos)).toEqual({
      code: 'too-many-skipped',
      message:
        'Cannot align faces: photographs give no face: B 1 of 4 (25 %); want at most 0 % of each group. ' +
        `Group B: 1 missing-landmarks (${folder.txt('B', 'lmk')}). The first:\n` +
        `  ${folder.root}/train/data/B/m.b0/m.b0_0002.jpg: missing-landmarks: no row in the landmark file\n` +
        'Add the rows, replace the files, or leave them out with allowSkipped: 0.25',
    });
    expect((await failure(photos, 0.249)).code).toBe('too-many-skipped');

    const run = await align(photos, 0.25);
    expect((await rowsOf(run)).map(row => row.path)).not.toContain('train/data/B/m.b0/m.b0_0002.jpg');
    expect(run.metrics).toMatchObject({ faces: 7, skipped: { B: { 'missing-landmarks': 1 } } });
    expect(run.looks).toContain('skipped.csv');
    expect(await readFile(join(run.folder, 'skipped.csv'), 'utf8')).toBe(
      'path,group,identity,reason,detail\n' +
        'train/data/B/m.b0/m.b0_0002.jpg,B,m.b0,missing-landmarks,no row in the landmark file\n',
    );
    const info = JSON.parse(await readFile(join(run.folder, 'faces', 'face-set.json'), 'utf8')) as { skipped: unknown };
    expect(info.skipped).toEqual({ B: { 'missing-landmarks': 1 } });
  });

  test('counts damaged files and degenerate landmarks by group', async () => {
    const folder = await writePhotoFolder('AB', { images: 5 });
    await writeFile(join(folder.root, 'train/data/A/m.a0/m.a0_0001.jpg'), (await photo(1)).subarray(0, 900));
    await writeFile(join(folder.root, 'train/data/A/m.a0/m.a0_0003.jpg'), '');
    const lines = (await readFile(folder.txt('B', 'lmk'), 'utf8')).trim().split('\n');
    lines[4] = lines[4]!.split('\t').slice(0, 2).concat(Array(10).fill('0')).join('\t');
    await writeFile(folder.txt('B', 'lmk'), lines.join('\n'));
    const photos = await read(folder);
    const { message } = await failure(photos);
    expect(message).toContain('photographs give no face: A 2 of 10 (20 %), B 1 of 10 (10 %); want');
    const partly = await failure(photos, 0.1);
    expect(partly.message).toContain(
      'give no face: A 2 of 10 (20 %); want at most 10 % of each group. Group A: 1 empty-file',
    );
    expect(partly.message).not.toContain('m.b0_0005');
    expect(message).toContain('Group A: 1 empty-file, 1 truncated. Group B: 1 landmarks-no-face-found.');
    expect(message).toContain(`${folder.root}/train/data/A/m.a0/m.a0_0001.jpg: truncated: it is cut short`);
    expect(message).toContain('m.b0_0005.jpg: landmarks-no-face-found: all ten numbers are 0');
    expect((await align(photos, 0.2)).metrics).toMatchObject({
      faces: 17,
      skipped: { A: { 'empty-file': 1, truncated: 1 }, B: { 'landmarks-no-face-found': 1 } },
    });
  });

  test('counts the limit in every group by itself, whatever the size of the others', async () => {
    const folder = await writePhotoFolder('ABCD', { images: 4 });
    await dropRow(folder, 'D', 2);
    const photos = await read(folder);
    // Of everybody it is 3 %.
    expect((await failure(photos, 0.12)).message).toContain(
      'give no face: D 1 of 8 (12.5 %); want at most 12 % of each group',
    );
    const run = await align(photos, 0.125);
    expect(run.events).toContainEqual({ type: 'headline', text: 'Photographs that gave no face: D 1 of 8 (12.5 %)' });
  });

  test('leaves damaged files out when asked to, and nothing else', async () => {
    const folder = await writePhotoFolder('AB', { images: 3 });
    const at = (name: string): string => join(folder.root, `train/data/A/m.a0/m.a0_000${name}`);
    await writeFile(at('1.jpg'), (await photo(1)).subarray(0, 900));
    await writeFile(at('2.jpg'), '<html>404</html>');
    const photos = await read(folder);
    const { message } = await failure(photos);
    expect(message).toContain('2 damaged files can be left out with damaged: skip');
    const run = await runStage(alignFaces, { ...ALIGNING, damaged: 'skip' }, { photos });
    expect(run.metrics).toMatchObject({ faces: 10, skipped: { A: { truncated: 1, 'not-an-image': 1 } } });
    expect(await readFile(join(run.folder, 'skipped.csv'), 'utf8')).toMatch(
      /^path,.*\n.*m\.a0_0001\.jpg,A,m\.a0,truncated,.*\n.*m\.a0_0002\.jpg,A,m\.a0,not-an-image,"it is an HTML page/,
    );
    expect(warningsOf(run)).toContainEqual(expect.stringContaining('2 of 12 photographs give no face'));

    await writeFile(at('3.jpg'), '<svg xmlns="http://www.w3.org/2000/svg" width="160" height="160"/>');
    const other = await read(folder);
    await expect(runStage(alignFaces, { ...ALIGNING, damaged: 'skip' }, { photos: other })).rejects.toMatchObject({
      code: 'too-many-skipped',
      message: expect.stringMatching(/m\.a0_0003\.jpg: unsupported-format: it is an SVG drawing/) as unknown,
    });
  });

  test('refuses a group whose landmarks are in another order, before anything else, and says which would fit', async () => {
    const folder = await writePhotoFolder('AB', { images: 3 });
    await editRows(folder, 'B', points => [0, 2, 4, 6, 8, 1, 3, 5, 7, 9].map(i => points[i]!));
    const photos = await read(folder);
    expect(await failure(photos, 1)).toEqual({
      code: 'landmark-order',
      message:
        `Cannot align faces: landmarks of group B (${folder.txt('B', 'lmk')}): most rows would fit with the columns x1 … x5 y1 … y5: ` +
        'median residual 12.5 px now, 0.0 px for those rows then; order of the columns?\n' +
        'Mend the landmark file, or use these landmarks nevertheless: set oddLandmarks: warn',
    });
  });

  test('refuses left and right exchanged, which no row survives', async () => {
    const folder = await writePhotoFolder('AB', { images: 3 });
    await editRows(folder, 'A', points => [1, 0, 2, 4, 3].flatMap(i => points.slice(2 * i, 2 * i + 2)));
    const { code, message } = await failure(await read(folder), 1);
    expect(code).toBe('landmark-order');
    expect(message).toContain('would fit with left and right exchanged');
  });

  test('continues with another order when asked to, warns and lists the rows', async () => {
    const folder = await writePhotoFolder('AB', { images: 3 });
    await editRows(folder, 'B', points => [1, 0, 2, 3, 4].flatMap(i => points.slice(2 * i, 2 * i + 2)));
    const photos = await read(folder);
    const run = await runStage(alignFaces, { ...ALIGNING, oddLandmarks: 'warn' }, { photos });
    expect(warningsOf(run)).toEqual([
      expect.stringMatching(/^landmarks of group B .* the eyes exchanged: .* order of the columns\?$/),
    ]);
    expect(run.metrics).toMatchObject({
      landmarks: { A: { rows: 6, odd: 0 }, B: { rows: 6, odd: 6, medianResidual: 19.5 } },
    });
    expect(run.looks).toContain('odd-landmarks.csv');
    const lines = (await readFile(join(run.folder, 'odd-landmarks.csv'), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[1]).toBe('train/data/B/m.b0/m.b0_0001.jpg,B,m.b0,19.56,the eyes exchanged,0.00');
  });

  test('names a row in twenty that looks wrong, and keeps the group', async () => {
    const folder = await writePhotoFolder('A', { identities: 5, images: 4 });
    await editRows(folder, 'A', (points, i) =>
      i === 7 ? [0, 1, 2, 4, 3].flatMap(k => points.slice(2 * k, 2 * k + 2)) : [...points],
    );
    const run = await align(await read(folder));
    expect(warningsOf(run)).toEqual([
      expect.stringMatching(
        /^landmarks of group A \(.*\): 1 of 20 rows look wrong, the first is that of train\/data\/A\/m\.a1\/m\.a1_0004\.jpg, which would fit with the mouth corners exchanged \(residual 16\.9 px now, 0\.0 px then\)/,
      ),
    ]);
  });

  test('judges landmarks of faces that are taken from an earlier run', async () => {
    const folder = await writePhotoFolder('AB', { images: 3 });
    await editRows(folder, 'B', points => [1, 0, 2, 3, 4].flatMap(i => points.slice(2 * i, 2 * i + 2)));
    const photos = await read(folder);
    const earlier = await runStage(alignFaces, { ...ALIGNING, oddLandmarks: 'warn' }, { photos });
    const again = runStage(alignFaces, { ...ALIGNING }, { photos }, { cores: 2, earlier: [earlier.folder] });
    await expect(again).rejects.toMatchObject({ code: 'landmark-order' });
  });

  test('refuses rows of other photographs of the group, which fit the template as well', async () => {
    const folder = await drawnFolder();
    const right = await align(await read(folder));
    expect(warningsOf(right)).toEqual([]);
    const points: string[][] = [];
    await editRows(folder, 'B', row => {
      points.push([...row]);
      return row;
    });
    await editRows(folder, 'B', (_, row) => points[(row + 4) % points.length]!);
    const photos = await read(folder);
    expect(await failure(photos)).toEqual({
      code: 'landmark-order',
      message: expect.stringMatching(
        /landmarks of group B \(.*B_lmk\.txt\): aligned by their own rows, 40 faces look no more alike than by each other's .*rows of other photographs, or are/,
      ) as unknown,
    });
    const run = await runStage(alignFaces, { ...ALIGNING, oddLandmarks: 'warn' }, { photos });
    expect(warningsOf(run)).toEqual([
      expect.stringMatching(/^landmarks of group B .*rows of other photographs, or are /),
    ]);
  }, 60_000);

  test('continues without any face of a group only where all may be skipped, and says what is missing', async () => {
    const folder = await writePhotoFolder('AB');
    await rm(folder.txt('B', 'lmk'));
    const photos = await read(folder);
    const { message, code } = await failure(photos, 0.99);
    expect(code).toBe('too-many-skipped');
    expect(message).toContain('photographs give no face: B 4 of 4 (100 %); want at most 99 % of each group');
    expect(message).toContain('no B_lmk.txt was found; name it with the option landmarks of read-faces');
    const run = await align(photos, 1);
    expect(run.metrics).toMatchObject({ faces: 4, skipped: { B: { 'missing-landmarks': 4 } } });
    expect(run.events).toContainEqual({ type: 'headline', text: 'Photographs that gave no face: B 4 of 4 (100 %)' });
    await rm(folder.txt('A', 'lmk'));
    expect((await failure(await read(folder), 1)).code).toBe('no-faces');
  });

  test('refuses photographs that have changed or gone since they were read', async () => {
    const folder = await writePhotoFolder('A');
    const photos = await read(folder);
    const file = join(folder.root, 'train/data/A/m.a0/m.a0_0001.jpg');
    await writeFile(file, await photo(99));
    expect(await failure(photos, 1)).toEqual({
      code: 'photo-changed',
      message: `Cannot align faces: photograph ${file} has changed since it was read; put the old file back, or run the read-faces stage again`,
    });
    await rm(file);
    expect((await failure(photos, 1)).code).toBe('photo-missing');
  });
});
