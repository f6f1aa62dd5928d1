import {
  existsSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import {
  beginPictures,
  keepPictures,
  picturesIn,
  readPictures,
  type PictureSet,
} from '../../../src/workflow/store/objects/pictures';
import { list } from '../../../src/workflow/store/objects/contents';
import { beginArtifact, type Committed } from '../../../src/workflow/store/objects/workspace';
import { findArtifact, openStore, type Store } from '../../../src/workflow/store/store';
import { collect, planCollection } from '../../../src/workflow/store/upkeep/collect';
import { verifyStore } from '../../../src/workflow/store/upkeep/verify';
import { sha256Text } from '../../../src/kit/files/sha256';
import { sealedText } from '../../../src/kit/files/sealed-json';
import { commitText, KEY, replaceByFolder, replaceByLink } from '../../helpers/artifacts';
import { CLOCK, temporaryFolder } from '../../helpers/rig';

let store: Store;
let artifact: Committed;
const inPictures = (name: string): string => join(artifact.folder, 'pictures', name);

beforeEach(async () => {
  store = await openStore(await temporaryFolder(), CLOCK);
  artifact = await commitText(store, 'text');
});

/** Puts one picture with the text beside the artifact. */
async function draw(text: string, code = 'sha256:1'): Promise<PictureSet> {
  const folder = await beginPictures(store, artifact);
  writeFileSync(join(folder, 'a.svg'), text);
  const set = { code, pictures: [{ file: 'a.svg', caption: 'A', bytes: text.length, sha256: sha256Text(text) }] };
  await keepPictures(store, artifact, folder, set);
  return set;
}

async function problems(): Promise<unknown> {
  const report = await verifyStore(store, { repair: false, onProgress: () => undefined });
  return [report.problems, report.strangers];
}

describe('pictures beside an artifact', () => {
  test('are read as they were put there, in place of older ones', async () => {
    expect(readPictures(artifact.folder)).toBeUndefined();
    const first = await draw('first');
    expect(readPictures(artifact.folder)).toEqual(first);
    const second = await draw('second one', 'sha256:2');
    expect(readPictures(artifact.folder)).toEqual(second);
    expect(readFileSync(inPictures('a.svg'), 'utf8')).toBe('second one');
    expect(readdirSync(store.temporary)).toEqual([]);
  });

  test('are no part of what it is: not of its id, nor its digests, nor a stranger, nor damage', async () => {
    const { action, manifest } = artifact;
    await draw('first');
    expect(await problems()).toEqual([[], []]);
    writeFileSync(inPictures('more.txt'), '');
    expect(await problems()).toEqual([[], []]);
    writeFileSync(inPictures('a.svg'), 'fir5t');
    const wrong = { kind: 'pictures', found: 'a.svg is not what was drawn' };
    expect(await problems()).toEqual([[expect.objectContaining(wrong)], []]);
    expect(await findArtifact(store, KEY)).toMatchObject({ found: true, strangers: [], artifact: { manifest } });
    // The same work comes out with the same object, which keeps what was drawn from it.
    await draw('second');
    const again = await commitText(store, 'text');
    expect([again.action.object, again.differs]).toEqual([action.object, null]);
    expect(picturesIn(again.folder)).toHaveLength(1);
  });

  test.each<[string, () => void]>([
    ['cut short', () => truncateSync(inPictures('pictures.json'), 20)],
    [
      'changed',
      () =>
        writeFileSync(
          inPictures('pictures.json'),
          readFileSync(inPictures('pictures.json'), 'utf8').replace('"A"', '"B"'),
        ),
    ],
    ['gone', () => rmSync(inPictures('pictures.json'))],
    ['a folder', () => replaceByFolder(inPictures('pictures.json'))],
    [
      'sealed and something else',
      () => writeFileSync(inPictures('pictures.json'), sealedText({ code: 'x', pictures: [] })),
    ],
    ['without a picture', () => rmSync(inPictures('a.svg'))],
    ['with a shorter picture', () => truncateSync(inPictures('a.svg'), 2)],
    ['with a picture that is a link', () => replaceByLink(inPictures('a.svg'))],
  ])('count as not drawn when what is known of them is %s, and are drawn again', async (_, damage) => {
    await draw('first');
    damage();
    expect(readPictures(artifact.folder)).toBeUndefined();
    expect(await problems()).toEqual([[expect.objectContaining({ kind: 'pictures' })], []]);
    const set = await draw('again');
    expect(readPictures(artifact.folder)).toEqual(set);
  });

  test('are not looked into for what somebody has put beside, and may be seen by whoever sees the object', async () => {
    const before = process.umask(0o077);
    try {
      await draw('first');
    } finally {
      process.umask(before);
    }
    const { files, folders } = await list(artifact.folder, 'pictures');
    expect([folders.includes('pictures'), files.filter(path => path.startsWith('pictures/'))]).toEqual([true, []]);
    const modeOf = (path: string): number => statSync(path).mode & 0o777;
    expect(modeOf(join(artifact.folder, 'pictures'))).toBe(modeOf(artifact.folder));
    expect(modeOf(inPictures('a.svg'))).toBe(modeOf(join(artifact.folder, 'manifest.json')));
  });

  test('name nothing outside of their folder, whoever has sealed them', async () => {
    await draw('first');
    for (const file of ['../text/text.txt', '..', '.hidden', 'a\\b']) {
      const forged = {
        kind: 'fairdistill-pictures',
        format: 1,
        code: 'x',
        pictures: [{ file, caption: '', bytes: 4 }],
      };
      writeFileSync(inPictures('pictures.json'), sealedText(forged));
      expect(readPictures(artifact.folder)).toBeUndefined();
    }
  });

  test('take the place of whatever lies there', async () => {
    const place = join(artifact.folder, 'pictures');
    await draw('elsewhere');
    const elsewhere = join(await temporaryFolder(), 'pictures');
    renameSync(place, elsewhere);
    symlinkSync(elsewhere, place);
    expect(readPictures(artifact.folder)).toBeUndefined();
    await draw('first');
    expect(picturesIn(artifact.folder)).toHaveLength(1);
    expect(readFileSync(join(elsewhere, 'a.svg'), 'utf8')).toBe('elsewhere');
    rmSync(place, { recursive: true });
    writeFileSync(place, 'a file');
    expect(await problems()).toEqual([[], [expect.stringMatching(/pictures$/)]]);
    await draw('second');
    expect(picturesIn(artifact.folder)).toHaveLength(1);
  });

  test('are not begun where an earlier version has kept a result of that name, or nobody may write', async () => {
    const manifest = { ...artifact.manifest, folders: ['pictures'] };
    await expect(beginPictures(store, { ...artifact, manifest })).rejects.toThrow('has written "pictures" itself');
    await expect(beginPictures(store, { ...artifact, folder: '/nowhere' })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(store.temporary)).toEqual([]);
  });

  test('are whole whoever puts theirs there at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const texts = Array.from({ length: 4 }, (_, i) => `${round}`.repeat(i + 1));
      await Promise.all(texts.map(text => draw(text)));
      expect(texts).toContain(readFileSync(inPictures('a.svg'), 'utf8'));
      expect(picturesIn(artifact.folder)).toHaveLength(1);
      expect(readdirSync(store.temporary)).toEqual([]);
    }
  });

  test('are never put where there is no artifact any more', async () => {
    const folder = await beginPictures(store, artifact);
    rmSync(artifact.folder, { recursive: true });
    await expect(keepPictures(store, artifact, folder, { code: 'x', pictures: [] })).rejects.toMatchObject({
      code: 'ENOENT',
    });
    expect(existsSync(artifact.folder)).toBe(false);
  });

  test('go with it when it is collected', async () => {
    await draw('first');
    rmSync(join(store.actions, `${KEY}.json`));
    const roots = { objects: [], inUse: [], keysInUse: [], grace: -1e9, liveSince: null };
    const plan = await planCollection(store, roots);
    await collect(store, plan, () => Promise.resolve(roots));
    expect([readdirSync(store.objects), readdirSync(store.temporary)]).toEqual([[], []]);
  });

  test('have their place to themselves: no stage may have an output or write something there', async () => {
    await expect(beginArtifact(store, KEY, ['pictures'])).rejects.toThrow(
      '"pictures" is kept for what its "pictures" draw',
    );
    for (const name of ['pictures', 'Pictures'])
      await expect(commitText(store, 'other', { files: { [name]: '' } })).rejects.toThrow(`a file "${name}"`);
  });
});
