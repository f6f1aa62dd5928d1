import { describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openPhotoSet, type PhotoRow } from '../../src/data/photo-set';
import { readTable } from '../../src/data/tables/read-table';
import { readFaces } from '../../stages/read-faces';
import type { ReadFacesOptions } from '../../stages/read-faces/options';
import { LANDMARKS, READING, identityName, pairLines, photo, put, writePhotoFolder } from '../helpers/photo-folder';
import { runStage, type StageRun } from '../helpers/run-stage';
import { drawPictures } from '../helpers/draw-pictures';

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
const failure = async (options: Partial<ReadFacesOptions>) => {
  try {
    await runStage(readFaces, { ...READING, ...options }, {});
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

/** Of warnings. */
const texts = ({ events }: StageRun): string[] =>
  events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []));
/** Renames everything in a folder, the folders last. */
const renameAll = async (folder: string, name: (old: string) => string): Promise<void> => {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await renameAll(join(folder, entry.name), name);
    await rename(join(folder, entry.name), join(folder, name(entry.name)));
  }
};

describe('read-faces', () => {
  test('lists every photograph in order, with digest and landmarks', async () => {
    const { root } = await writePhotoFolder('BA');
    const run = await runStage(readFaces, { ...READING, folder: root }, {}, { cores: 2 });
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
    expect(run.looks).toEqual([]);
    const pictures = await drawPictures(readFaces, run.folder);
    expect([...pictures.keys()]).toEqual(['contact-sheet.jpg']);
    expect(pictures.get('contact-sheet.jpg')!.length).toBeGreaterThan(1000);
    expect(await pairsOf(join(run.folder, 'pairs'))).toEqual([]);
  });

  test('gives the same bytes whatever the number of cores', async () => {
    const { root } = await writePhotoFolder('AB', { images: 5 });
    const [one, four] = await Promise.all(
      [1, 4].map(cores => runStage(readFaces, { ...READING, folder: root }, {}, { cores })),
    );
    for (const file of ['photos/photos.parquet', 'photos/photo-set.json', 'pairs/pairs.parquet', 'photographs.tiles']) {
      expect((await readFile(join(one!.folder, file))).equals(await readFile(join(four!.folder, file)))).toBe(true);
    }
  });

  test('reads an artifact and points to it relative to itself', async () => {
    const { root } = await writePhotoFolder('A', { split: 'test' });
    const run = await runStage(readFaces, { ...READING, split: 'test', domain: 'drawn' }, { folder: root });
    const location = await readFile(join(run.folder, 'photos', 'location.local.json'), 'utf8');
    expect((JSON.parse(location) as { root: string }).root.startsWith('../')).toBe(true);
    expect((await openPhotoSet(join(run.folder, 'photos'))).root).toBe(root);
    expect((await rowsOf(join(run.folder, 'photos')))[0]?.domain).toBe('drawn');
  });

  test('lists the pairs of the groups that have some, in the order of the file', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    await writeFile(txt('B', 'pairs'), pairLines('B', 1).join('\n'));
    const run = await runStage(readFaces, { ...READING, folder: root }, {});
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
    const run = await runStage(readFaces, { ...READING, folder: root }, {});
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
    await put(root, 'train/data/A/m.a1/more/m.a1_0009.jpg', '');
    await writeFile(txt('A', 'people'), 'm.a0\t2\nm.a1\t7\nm.a9\t0\n');
    const run = await runStage(readFaces, { ...READING, folder: root }, {});
    expect(run.events.flatMap(event => (event.type === 'log' && event.level === 'warn' ? [event.text] : []))).toEqual([
      `Group A: left out 1 that are no photographs (1 .txt), the first is ${root}/train/data/A/m.a0/notes.txt`,
      `Group A: 1 folder inside of folders of identities, the first is ${root}/train/data/A/m.a1/more: what is in there is not read; ` +
        'put photographs right into the folder of their identity',
      `Group A: 1 of 3 identities have another number of images than ${txt('A', 'people')} says, the first is "m.a1" with 2 instead of 7`,
    ]);
  });

  test('counts photographs that rows or pairs name and that are not there, each once, up to a limit for each group', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    await appendFile(txt('B', 'lmk'), ['/train/data/B/m.b1/m.b1_0009.jpg', 1, ...LANDMARKS].join('\t') + '\n');
    const pairs = pairLines('B', 1);
    pairs[2] = 'm.b1\t1\t9';
    await writeFile(txt('B', 'pairs'), pairs.join('\n'));
    expect(await failure({ folder: root })).toBe(
      'Cannot read faces: photographs that landmark rows or pairs name are not on disk, want at most 10 % of each group:\n' +
        `  Group B: 1 of 5 (20 %), the first in ${txt('B', 'lmk')}:5: found a row for ${root}/train/data/B/m.b1/m.b1_0009.jpg\n` +
        'Put them there, mend the text files, or continue without them: set allowMissing: 0.2',
    );
    const run = await runStage(readFaces, { ...READING, folder: root, allowMissing: 0.2 }, {});
    expect(run.metrics).toMatchObject({ photographs: 8, notOnDisk: { B: 1 }, pairs: { B: 20 } });
    expect((await pairsOf(join(run.folder, 'pairs')))[2]).toMatchObject({
      path_b: 'train/data/B/m.b1/m.b1_0009.jpg',
      genuine: true,
    });
    expect(texts(run)).toContain(
      `Group B: 1 of 5 photographs that text files name (20 %) are not on disk; the first in ${txt('B', 'lmk')}:5: ` +
        `found a row for ${root}/train/data/B/m.b1/m.b1_0009.jpg`,
    );
    expect((await openPhotoSet(join(run.folder, 'photos'))).info.notOnDisk).toEqual({ B: 1 });
  });

  test('takes a link that leads nowhere for a photograph that is not there', async () => {
    const { root } = await writePhotoFolder('A', { images: 6 });
    await rm(join(root, 'train/data/A/m.a0/m.a0_0003.jpg'));
    await symlink('/nowhere/1.jpg', join(root, 'train/data/A/m.a0/m.a0_0003.jpg'));
    const run = await runStage(readFaces, { ...READING, folder: root }, {});
    expect(run.metrics).toMatchObject({ photographs: 11, notOnDisk: { A: 1 } });
  });

  test('lists every group that is named, and why it has no pairs or photographs', async () => {
    const { root, txt } = await writePhotoFolder('ABCD', { split: 'test' });
    for (const group of 'ABC') await writeFile(txt(group, 'pairs'), pairLines(group, 1).join('\n'));
    await rm(join(root, 'test/data/B'), { recursive: true });
    for (const image of await readdir(join(root, 'test/data/C'), { recursive: true })) {
      const file = join(root, 'test/data/C', image);
      if (image.endsWith('.jpg')) await rename(file, file.replace('.jpg', '.mp4'));
    }
    const run = await runStage(readFaces, { ...READING, split: 'test', folder: root }, {});
    const reasons = {
      B: 'test/data/B is not there, but test/txts/B/B_lmk.txt is',
      C: `test/data/C holds no photograph, only 4 .mp4, in 2 folders of identities`,
    };
    const named = JSON.parse(await readFile(join(run.folder, 'pairs', 'groups.json'), 'utf8')) as unknown;
    expect(named).toEqual([
      { group: 'A', pairs: 20 },
      { group: 'B', pairs: 20, reason: `no photographs: ${reasons.B}`, notOnDisk: 4 },
      { group: 'C', pairs: 20, reason: `no photographs: ${reasons.C}`, notOnDisk: 4 },
      { group: 'D', pairs: 0, reason: 'no pairs: D_pairs.txt was not found' },
    ]);
    expect(run.metrics).toMatchObject({ photographs: 8, absent: reasons, notOnDisk: { B: 4, C: 4 } });
    expect(texts(run).filter(text => text.includes('has no result'))).toEqual([
      `Group B has no result: no photographs: ${reasons.B}`,
      `Group C has no result: no photographs: ${reasons.C}`,
      'Group D has no result: no pairs: D_pairs.txt was not found',
    ]);
    expect(run.events.find(event => event.type === 'headline')?.text).toContain(`  C: no photographs: ${reasons.C}`);
  });

  test('demands the groups that the option names', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    await writeFile(txt('A', 'people'), 'm.a0\t2\n');
    await put(root, 'train/txts/C/C_lmk.txt', '');
    expect(await failure({ folder: root, groups: ['A', 'B', 'C'] })).toContain(
      'found no photographs of C: train/data/C is not there, but train/txts/C/C_lmk.txt is; want photographs of the groups "A", "B" and "C"',
    );
    expect(await failure({ folder: root, groups: ['A'] })).toContain('found a folder of "B"');
    const run = await runStage(readFaces, { ...READING, folder: root, groups: ['b', 'A '] }, {});
    expect(Object.keys(run.metrics['groups'] as object)).toEqual(['A', 'B']);
    expect(run.metrics['absent']).toBeUndefined();
    expect(texts(run)).toContain(
      'Group C is left out, because `groups` does not name it: train/data/C is not there, but train/txts/C/C_lmk.txt is',
    );
  });

  test('reports identities without photographs, and two whose names differ in case', async () => {
    const { root, txt } = await writePhotoFolder('A');
    await mkdir(join(root, 'train/data/A/m.a7'));
    await put(root, 'train/data/A/M.a0/M.a0_0001.jpg', await photo(7));
    const row = await readFile(txt('A', 'lmk'), 'utf8');
    const run = await runStage(readFaces, { ...READING, folder: root }, {});
    expect(texts(run)).toEqual([
      'Group A: 1 name of identities differ from another one in case or white space only, such as "M.a0" and "m.a0"; they stay different people',
      'Group A: 1 of 4 identities have a folder without a photograph, the first is "m.a7"',
      'Group A: 1 of 5 photographs have no landmarks',
    ]);
    // The row of m.a0 is not taken for M.a0.
    expect(row).not.toContain('M.a0');
    const rows = await rowsOf(join(run.folder, 'photos'));
    expect(rows.map(({ identity, landmarks }) => [identity, landmarks !== undefined])).toEqual([
      ['M.a0', false],
      ['m.a0', true],
      ['m.a0', true],
      ['m.a1', true],
      ['m.a1', true],
    ]);
  });

  test('takes the rows of photographs that were saved in another format or case, and says so', async () => {
    const { root, txt } = await writePhotoFolder('A');
    await writeFile(txt('A', 'pairs'), pairLines('A', 1).join('\n'));
    await renameAll(join(root, 'train/data/A'), name => name.replace(/^m\.a0_0001\.jpg$/, 'M.a0_0001.PNG'));
    const run = await runStage(readFaces, { ...READING, folder: root }, {});
    expect(run.metrics).toMatchObject({ groups: { A: { images: 4, withoutLandmarks: 0 } } });
    expect(run.metrics['notOnDisk']).toBeUndefined();
    expect(texts(run)).toEqual([
      'Group A: 1 landmark row written in another case, or with another ending, than the files they are taken for',
    ]);
    expect((await pairsOf(join(run.folder, 'pairs')))[0]?.['path_a']).toBe('train/data/A/m.a0/M.a0_0001.PNG');
  });

  test('refuses two identities of one name in two normal forms', async () => {
    const { root } = await writePhotoFolder('A');
    for (const name of ['Zo\u00e9', 'Zoe\u0301']) await put(root, `train/data/A/${name}/1.jpg`, await photo(7));
    expect(await failure({ folder: root })).toContain(
      'holds "Zoe\\u0301" and "Zo\u00e9", which are one name in two normal',
    );
  });

  test('refuses them also where both have landmark rows, which are no mistake', async () => {
    const { root, txt } = await writePhotoFolder('A');
    const names = ['Zo\u00e9', 'Zoe\u0301'];
    for (const name of names) await put(root, `train/data/A/${name}/1.jpg`, await photo(7));
    await appendFile(txt('A', 'lmk'), names.map(name => `/A/${name}/1.jpg\t0\t${LANDMARKS.join('\t')}\n`).join(''));
    expect(await failure({ folder: root })).toContain('which are one name in two normal forms');
  });

  test.each(['utf16le', 'utf16be'] as const)('refuses a text file in %s and says what to do', async encoding => {
    const { root, txt } = await writePhotoFolder('A');
    const content = Buffer.from(`\uFEFF${pairLines('A', 1).join('\n')}`, 'utf16le');
    await writeFile(txt('A', 'pairs'), encoding === 'utf16le' ? content : content.swap16());
    expect(await failure({ folder: root })).toContain(
      'A_pairs.txt: line 1 holds bytes that are 0, as UTF-16 does; want UTF-8',
    );
  });

  test.each([
    ['decomposed on disk', 'NFD', 'NFC'],
    ['composed on disk', 'NFC', 'NFD'],
  ] as const)('reads names that are %s and not so in text files', async (_, disk, text) => {
    const { root, txt } = await writePhotoFolder('A', { split: 'test' });
    await writeFile(txt('A', 'pairs'), pairLines('A', 1).join('\r\n'));
    await writeFile(txt('A', 'people'), '\uFEFFm.a0\t2\r\nm.a1\t2\r\n');
    const rename0 = (name: string): string => name.replace(/^A(?=_|$)/, 'Zo\u00e9').replace(/m\.a/g, 'Zo\u00e9.');
    await renameAll(join(root, 'test/data'), name => rename0(name).normalize(disk));
    await renameAll(join(root, 'test/txts'), name => rename0(name).normalize(text));
    const txts = join(root, 'test/txts', 'Zo\u00e9'.normalize(text));
    for (const file of await readdir(txts)) {
      const content = await readFile(join(txts, file), 'utf8');
      const renamed = content.replace(/data\/A/g, 'data/Zo\u00e9').replace(/m\.a/g, 'Zo\u00e9.');
      await writeFile(join(txts, file), renamed.normalize(text));
    }
    const run = await runStage(readFaces, { ...READING, split: 'test', folder: root }, {});
    expect(texts(run)).toEqual([]);
    const counts = { images: 4, identities: 2, withoutLandmarks: 0 };
    expect(run.metrics).toMatchObject({ groups: { 'Zo\u00e9': counts }, pairs: { 'Zo\u00e9': 20 } });
    const rows = await rowsOf(join(run.folder, 'photos'));
    expect(rows.map(row => row.identity)).toEqual(['Zo\u00e9.0', 'Zo\u00e9.0', 'Zo\u00e9.1', 'Zo\u00e9.1']);
    const paths = new Set(rows.map(row => row.path));
    for (const { path_a, path_b } of await pairsOf(join(run.folder, 'pairs'))) {
      expect([path_a, path_b].every(path => paths.has(path as string))).toBe(true);
    }
  });

  test('takes landmarks from elsewhere', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    const all = (await readFile(txt('A', 'lmk'), 'utf8')) + (await readFile(txt('B', 'lmk'), 'utf8'));
    await rm(join(root, 'train/txts'), { recursive: true });
    const landmarks = await put(root, 'corrected.txt', all);
    const run = await runStage(readFaces, { ...READING, folder: root, landmarks }, {});
    expect(run.metrics['groups']).toMatchObject({ A: { withoutLandmarks: 0 }, B: { withoutLandmarks: 0 } });
  });

  test('lists a group that only a landmark file for all groups names, when the groups are not stated', async () => {
    const { root, txt } = await writePhotoFolder('AB');
    const own = (await readFile(txt('A', 'lmk'), 'utf8')) + (await readFile(txt('B', 'lmk'), 'utf8'));
    const strange = own.slice(own.indexOf('/train/data/B')).replace(/\/B\//g, '/C/');
    const landmarks = await put(root, 'all.txt', own + strange);
    const run = await runStage(readFaces, { ...READING, folder: root, landmarks }, {});
    expect(run.metrics['absent']).toEqual({ C: 'it has no folder, but 4 landmark rows in all.txt, from line 9 on' });
    expect(texts(run)).toEqual([expect.stringContaining('Group C has no result: no photographs: it has no folder')]);
    const told = await runStage(readFaces, { ...READING, folder: root, landmarks, groups: ['A', 'B'] }, {});
    expect([told.metrics['absent'], texts(told)]).toEqual([undefined, []]);
  });

  test('wants exactly one folder', async () => {
    const { root } = await writePhotoFolder('A');
    expect(await failure({})).toContain('found neither the input "folder" and the option "folder", want exactly one');
    await expect(runStage(readFaces, { ...READING, folder: root }, { folder: root })).rejects.toMatchObject({
      code: 'no-single-folder',
    });
    expect(await failure({ folder: await put(root, 'a.txt', '') })).toContain('a.txt is a file, want the root folder');
    expect(await failure({ folder: root, split: 'test' })).toContain(
      'Give the folder above, or another split than "test"',
    );
  });

  test('reports labels that contradict the folders in log, metrics and headline, and none that are right', async () => {
    const { root, txt } = await writePhotoFolder('AB', { identities: 3 });
    const lines = (group: string, from: number) =>
      [0, 1, 2].map(id => `${identityName(group, id)}_0001.jpg\t${id + from}\n`).join('');
    await writeFile(txt('A', 'images'), lines('A', 0));
    await writeFile(txt('B', 'images'), lines('B', 0));
    const right = await runStage(readFaces, { ...READING, folder: root }, {});
    expect(texts(right).filter(text => text.includes('label'))).toEqual([]);
    expect(JSON.stringify(right.events)).not.toContain('doubtfulLabels');

    await writeFile(txt('A', 'images'), lines('A', 1));
    const rows = (await readFile(txt('B', 'lmk'), 'utf8')).split('\n');
    await writeFile(txt('B', 'lmk'), rows.map((row, i) => row.replace(/\t\d+/, `\t${i % 3}`)).join('\n'));
    const wrong = await runStage(readFaces, { ...READING, folder: root }, {});
    const told = texts(wrong).filter(text => text.includes('label'));
    expect(told).toHaveLength(2);
    expect(told[0]).toContain('A_images.txt number 3 of 3 identities differently');
    expect(told[1]).toContain('B_lmk.txt contradict the folders: 3 of 3 identities have several labels');
    const metrics = wrong.events.find(event => event.type === 'metrics');
    expect(metrics).toMatchObject({ values: { doubtfulLabels: { B: { doubtful: 3, identities: 3 } } } });
    const headline = wrong.events.find(event => event.type === 'headline');
    expect(headline).toMatchObject({
      text: expect.stringContaining('B: the labels of B_lmk.txt contradict') as unknown,
    });
  });

  test('reports images and people files of another group in log, metrics, headline and beside the pairs', async () => {
    const { root, txt } = await writePhotoFolder('AB', { split: 'test' });
    await writeFile(txt('B', 'pairs'), pairLines('B', 1).join('\n'));
    const images = (group: string) => [0, 1].map(id => `${identityName(group, id)}_0001.jpg\t${id}`).join('\n');
    for (const group of ['A', 'B']) await writeFile(txt(group, 'images'), images('A'));
    for (const group of ['A', 'B']) await writeFile(txt(group, 'people'), 'm.a0\t2\nm.a1\t2\n');
    // Whoever is not there at all has a reason already.
    await put(root, 'test/txts/C/C_lmk.txt', '');
    await put(root, 'test/txts/C/C_images.txt', images('A'));
    const run = await runStage(readFaces, { ...READING, split: 'test', folder: root }, {});
    const told = [
      '2 of 2 rows of B_images.txt name people without a folder, the first is "m.a0" in line 1',
      '2 of 2 identities in B_people.txt have no folder, the first is "m.a0"; ' +
        '2 of 2 folders of identities have no row in B_people.txt, the first is "m.b0"',
    ];
    expect(run.metrics['doubtfulLabels']).toEqual({ B: { doubtful: 4, identities: 4 } });
    expect(texts(run).filter(text => text.startsWith('Group B: 2 of 2'))).toHaveLength(2);
    const headline = run.events.find(event => event.type === 'headline');
    expect(headline).toMatchObject({
      text: expect.stringContaining(told.map(text => `  B: ${text}`).join('\n')) as unknown,
    });
    const groups = JSON.parse(await readFile(join(run.folder, 'pairs', 'groups.json'), 'utf8')) as unknown;
    expect(JSON.stringify(groups)).toContain(JSON.stringify(told));
    expect(JSON.stringify(groups).match(/"doubts"/g)).toHaveLength(1);
  });
});
