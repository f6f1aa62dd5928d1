import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPhotoSet, type PhotoRow } from '../../src/datasets/photo-set';
import { readTable } from '../../src/tables/read-table';
import { readFaces } from '../../stages/read-faces';
import { LANDMARKS, identityName, pairLines, put, writePhotoFolder } from '../helpers/photo-folder';
import { runStage } from '../helpers/run-stage';

const OPTIONS = { split: 'train', domain: 'real' };

const rowsOf = async (folder: string): Promise<PhotoRow[]> => {
  const set = await openPhotoSet(folder);
  const rows: PhotoRow[] = [];
  for await (const row of set.rows()) rows.push(row);
  await set.close();
  return rows;
};
const pairsOf = async (folder: string) => {
  const table = await readTable(join(folder, 'pairs.parquet'), {
    group: { type: 'string' },
    fold: { type: 'int' },
    path_a: { type: 'string' },
    path_b: { type: 'string' },
    genuine: { type: 'boolean' },
  });
  const rows = [];
  for await (const row of table) rows.push(row);
  await table.close();
  return rows;
};
const failure = async (options: Partial<typeof OPTIONS> & { folder?: string; landmarks?: string }) => {
  try {
    await runStage(readFaces, { ...OPTIONS, ...options }, {});
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('read-faces', () => {
  test('lists every photograph in order, with digest and landmarks', async () => {
    const { root } = await writePhotoFolder('BA');
    const run = await runStage(readFaces, { ...OPTIONS, folder: root }, {}, { cores: 2 });
    const rows = await rowsOf(join(run.folder, 'photos'));
    expect(rows.map(row => row.path)).toEqual(
      ['A', 'B'].flatMap(group =>
        [0, 1].flatMap(id =>
          [1, 2].map(i => `train/data/${group}/${identityName(group, id)}/${identityName(group, id)}_000${i}.jpg`),
        ),
      ),
    );
    const bytes = await readFile(join(root, rows[3]!.path));
    expect(rows[3]).toEqual({
      path: rows[3]!.path,
      identity: 'm.a1',
      group: 'A',
      domain: 'real',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      landmarks: LANDMARKS,
    });
    const counts = { images: 4, identities: 2, withoutLandmarks: 0 };
    const { info, root: found } = await openPhotoSet(join(run.folder, 'photos'));
    expect(found).toBe(root);
    expect(info).toEqual({
      count: 8,
      groups: { A: counts, B: counts },
      domain: 'real',
      landmarkFiles: { A: 'train/txts/A/A_lmk.txt', B: 'train/txts/B/B_lmk.txt' },
    });
    expect(run.metrics).toMatchObject({ layout: 'rfw', photographs: 8, groups: { A: counts }, pairs: {} });
    expect(run.looks).toEqual(['contact-sheet.jpg']);
    expect((await readFile(join(run.folder, 'contact-sheet.jpg'))).length).toBeGreaterThan(1000);
    expect(await pairsOf(join(run.folder, 'pairs'))).toEqual([]);
  });

  test('gives the same bytes whatever the number of cores', async () => {
    const { root } = await writePhotoFolder('AB', { images: 5 });
    const [one, four] = await Promise.all(
      [1, 4].map(cores => runStage(readFaces, { ...OPTIONS, folder: root }, {}, { cores })),
    );
    for (const file of ['photos/photos.parquet', 'photos/photo-set.json', 'pairs/pairs.parquet', 'contact-sheet.jpg']) {
      expect((await readFile(join(one!.folder, file))).equals(await readFile(join(four!.folder, file)))).toBe(true);
    }
  });

  test('reads an artifact and points to it relative to itself', async () => {
    const { root } = await writePhotoFolder('A', { split: 'test' });
    const run = await runStage(readFaces, { split: 'test', domain: 'drawn' }, { folder: root });
    const location = await readFile(join(run.folder, 'photos', 'location.local.json'), 'utf8');
    expect((JSON.parse(location) as { root: string }).root.startsWith('../')).toBe(true);
    expect((await openPhotoSet(join(run.folder, 'photos'))).root).toBe(root);
    expect((await rowsOf(join(run.folder, 'photos')))[0]?.domain).toBe('drawn');
  });

  test('lists the pairs of the groups that have some, in the order of the file', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    await writeFile(txt('B', 'pairs'), pairLines('B', 1).join('\n'));
    const run = await runStage(readFaces, { ...OPTIONS, folder: root }, {});
    const pairs = await pairsOf(join(run.folder, 'pairs'));
    expect(pairs).toHaveLength(20);
    const [image, same, other] = ['m.b0/m.b0_0001', 'm.b0/m.b0_0002', 'm.b1/m.b1_0002'].map(
      name => `train/data/B/${name}.jpg`,
    );
    expect(pairs[0]).toEqual({ group: 'B', fold: 0, path_a: image, path_b: same, genuine: true });
    expect(pairs[19]).toEqual({ group: 'B', fold: 9, path_a: image, path_b: other, genuine: false });
    expect(run.metrics['pairs']).toEqual({ B: 20 });
  });

  test('keeps photographs without landmarks, counts them and says so', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    const lines = (await readFile(txt('A', 'lmk'), 'utf8')).trim().split('\n');
    await writeFile(txt('A', 'lmk'), lines.slice(1).join('\n'));
    await rm(txt('B', 'lmk'));
    const run = await runStage(readFaces, { ...OPTIONS, folder: root }, {});
    const rows = await rowsOf(join(run.folder, 'photos'));
    expect(rows.map(row => row.landmarks === undefined)).toEqual([true, false, false, false, true, true, true, true]);
    expect(run.metrics['groups']).toMatchObject({ A: { withoutLandmarks: 1 }, B: { withoutLandmarks: 4 } });
    expect(run.events).toContainEqual({
      type: 'log',
      level: 'warn',
      text: 'Group A: 1 of 4 photographs have no landmarks',
    });
  });

  test('says what it leaves out and what the people file says otherwise', async () => {
    const { root, txt } = await writePhotoFolder('A');
    await put(root, 'train/data/A/m.a0/notes.txt', '');
    await put(root, 'train/data/A/m.a0/.DS_Store', '');
    await writeFile(txt('A', 'people'), 'm.a0\t2\nm.a1\t7\nm.a9\t0\n');
    const run = await runStage(readFaces, { ...OPTIONS, folder: root }, {});
    expect(run.events.flatMap(event => (event.type === 'log' ? [event.text] : []))).toEqual([
      `Group A: left out 1 that are neither JPEG nor PNG, the first is ${root}/train/data/A/m.a0/notes.txt`,
      `Group A: 1 of 3 identities have another number of images than ${txt('A', 'people')} says, the first is "m.a1" with 2 instead of 7`,
    ]);
  });

  test('refuses a landmark row for an image that is not there', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    await appendFile(txt('B', 'lmk'), ['/train/data/B/m.b1/m.b1_0009.jpg', 1, ...LANDMARKS].join('\t') + '\n');
    expect(await failure({ folder: root })).toBe(
      `Cannot read landmarks: ${txt('B', 'lmk')}:5: found a row for ${root}/train/data/B/m.b1/m.b1_0009.jpg, which is not on disk; ` +
        'put the image there or remove the row',
    );
  });

  test('takes landmarks from elsewhere', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    const all = (await readFile(txt('A', 'lmk'), 'utf8')) + (await readFile(txt('B', 'lmk'), 'utf8'));
    await rm(join(root, 'train/txts'), { recursive: true });
    const landmarks = await put(root, 'corrected.txt', all);
    const run = await runStage(readFaces, { ...OPTIONS, folder: root, landmarks }, {});
    expect(run.metrics['groups']).toMatchObject({ A: { withoutLandmarks: 0 }, B: { withoutLandmarks: 0 } });
  });

  test('wants exactly one folder', async () => {
    const { root } = await writePhotoFolder('A');
    expect(await failure({})).toContain('found neither the input "folder" and the option "folder", want exactly one');
    await expect(runStage(readFaces, { ...OPTIONS, folder: root }, { folder: root })).rejects.toMatchObject({
      code: 'no-single-folder',
    });
    expect(await failure({ folder: await put(root, 'a.txt', '') })).toContain('a.txt is a file, want the root folder');
    expect(await failure({ folder: root, split: 'test' })).toContain(
      'Give the folder above, or another split than "test"',
    );
  });
});
