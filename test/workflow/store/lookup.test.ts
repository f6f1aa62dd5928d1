import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { open, readFile, readdir, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { acceptAction } from '../../../src/workflow/store/actions/actions';
import {
  findArtifact,
  listActions,
  openStore,
  readAction,
  type Artifact,
  type Store,
} from '../../../src/workflow/store/store';
import { markOf, marksPath, readMarks } from '../../../src/workflow/store/objects/stat-signatures';
import { verifyStore } from '../../../src/workflow/store/upkeep/verify';
import { sealedText } from '../../../src/kit/files/sealed-json';
import { KEY, OTHER_KEY, commitText, flipByte, replaceByFolder, replaceByLink } from '../../helpers/artifacts';
import { asAnotherUser, openToAll } from '../../helpers/as-another-user';
import { pretendFileSystem, TMPFS } from '../../helpers/file-system';
import { CLOCK, temporaryFolder } from '../../helpers/rig';

const pretend = pretendFileSystem();

let root: string;
let store: Store;
let artifact: Artifact;

beforeEach(async () => {
  root = join(await temporaryFolder(), 'artifacts');
  store = await openStore(root, CLOCK);
  artifact = await commitText(store, 'some text', { files: { 'log.txt': 'log' } });
});

/** As a run does that begins more than 2 s after what it finds was written: by then every look is remembered. */
async function openLater(): Promise<Store> {
  const later = await openStore(root, { ...CLOCK, now: () => Date.now() + 10_000 });
  expect(await findArtifact(later, KEY)).toMatchObject({ found: true });
  return later;
}

const TEXT = 'text/text.txt';
const DAMAGES: Readonly<Record<string, readonly [path: string, damage: (path: string) => void, says: RegExp]>> = {
  'a byte flipped': [TEXT, flipByte, /^text\/text.txt has the SHA-256/],
  'a file cut off': [TEXT, path => truncateSync(path, 4), /^text\/text.txt has 4 bytes instead of 9/],
  'a file removed': [TEXT, path => rmSync(path), /^text\/text.txt is missing/],
  'a folder in place of a file': [TEXT, replaceByFolder, /^text\/text.txt is not a file/],
  'a link in place of a file': [TEXT, replaceByLink, /^text\/text.txt is not a file/],
  'a folder removed': ['text', path => rmSync(path, { recursive: true }), /^text is missing/],
  'a log flipped': ['log.txt', flipByte, /^log.txt has the SHA-256/],
  'a manifest flipped': ['manifest.json', flipByte, /^manifest.json: /],
  'a manifest cut off': ['manifest.json', path => truncateSync(path, 100), /^manifest.json: it is not JSON/],
  'a manifest removed': ['manifest.json', path => rmSync(path), /^manifest.json is missing/],
  'all removed': ['.', path => rmSync(path, { recursive: true }), /^the object is missing/],
  'a link in place of all': ['.', replaceByLink, /^the object is not a folder/],
};

describe('findArtifact()', () => {
  for (const [name, [path, damage, says]] of Object.entries(DAMAGES)) {
    for (const when of ['at once', 'later'] as const) {
      test(`notices ${name}, ${when}, moves it to quarantine with a report, and finds nothing`, async () => {
        const reader = when === 'later' ? await openLater() : store;
        const wasThere = existsSync(artifact.folder);
        damage(join(artifact.folder, path));
        expect(await findArtifact(reader, KEY)).toEqual({ found: false, damage: expect.stringMatching(says) });
        expect(wasThere && lstatSync(artifact.folder, { throwIfNoEntry: false })).toBe(undefined);
        const reports = (await readdir(store.quarantine)).filter(entry => entry.endsWith('.txt'));
        const texts = await Promise.all(reports.map(report => readFile(join(store.quarantine, report), 'utf8')));
        for (const text of texts) expect(text).toMatch(/^time: .*\nwas: .*\nexpected: .*\nfound: .*\n$/);
        // The record of the action too: it would tell of work whose result is gone.
        expect(texts.some(text => text.includes(`was: .store/actions/${KEY}.json`))).toBe(true);
        expect(await findArtifact(reader, KEY)).toEqual({ found: false });
        // Made again, it is as it was.
        expect((await commitText(reader, 'some text', { files: { 'log.txt': 'log' } })).folder).toBe(artifact.folder);
        expect(await findArtifact(reader, KEY)).toMatchObject({ found: true });
      });
    }
  }

  test('notices a flipped byte although size and times were set back', async () => {
    const later = await openLater();
    const path = join(artifact.folder, TEXT);
    const { atime, mtime } = lstatSync(path);
    flipByte(path);
    utimesSync(path, atime, mtime);
    expect(await findArtifact(later, KEY)).toMatchObject({ found: false, damage: expect.stringMatching(/SHA-256/) });
  });

  test('notices a byte that was flipped without a trace where times do not show every change', async () => {
    await openLater();
    pretend(TMPFS);
    const path = join(artifact.folder, TEXT);
    flipByte(path);
    // As after a write through a mapping in memory: what is remembered is how it looks now.
    const marks = (await readMarks(store, artifact.action.object)) as Record<string, string>;
    const now = { ...marks, [TEXT]: markOf(lstatSync(path, { bigint: true })) };
    const record = { kind: 'fairdistill-verified', format: 1, object: artifact.action.object, marks: now };
    await writeFile(marksPath(store, artifact.action.object), sealedText(record));
    const later = await openStore(root, { ...CLOCK, now: () => Date.now() + 10_000 });
    expect(await findArtifact(later, KEY)).toMatchObject({ found: false, damage: expect.stringMatching(/SHA-256/) });
  });

  test('reads the files where only another user may read how they looked', async () => {
    await openLater();
    openToAll(dirname(root));
    chmodSync(marksPath(store, artifact.action.object), 0);
    expect(await asAnotherUser(() => findArtifact(store, KEY))).toMatchObject({ found: true });
    flipByte(join(artifact.folder, TEXT));
    const lookup = await asAnotherUser(() => findArtifact(store, KEY));
    expect(lookup).toMatchObject({ found: false, damage: expect.stringMatching(/SHA-256/) });
  });

  test('waits until a file is on the disk before it trusts the times of one that was written a moment ago', async () => {
    const path = join(artifact.folder, TEXT);
    const text = await readFile(path, 'utf8');
    const later = await openLater();
    await writeFile(path, text);
    const syncs = jest.spyOn(await prototypeOfHandles(), 'sync');
    try {
      expect(await findArtifact(later, KEY)).toMatchObject({ found: true });
      expect(syncs).toHaveBeenCalledTimes(1);
      expect(await findArtifact(later, KEY)).toMatchObject({ found: true });
      // Its new look is remembered.
      expect(syncs).toHaveBeenCalledTimes(1);
    } finally {
      syncs.mockRestore();
    }
  });

  for (const when of ['at once', 'later'] as const) {
    test(`tells what somebody has put into an artifact, ${when}, each time, and finds damage beside it`, async () => {
      const reader = when === 'later' ? await openLater() : store;
      const put = ['.DS_Store', 'text/note.txt', 'text/folder', 'text/link'];
      await writeFile(join(artifact.folder, put[0]!), '');
      await writeFile(join(artifact.folder, put[1]!), 'look at this');
      mkdirSync(join(artifact.folder, put[2]!, 'inner'), { recursive: true });
      symlinkSync('/etc', join(artifact.folder, put[3]!));
      for (let times = 0; times < 3; times++) {
        expect(await findArtifact(reader, KEY)).toMatchObject({ found: true, strangers: [...put].sort() });
      }
      const { problems, strangers } = await verifyStore(reader, { repair: true, onProgress: () => undefined });
      expect(problems).toEqual([]);
      expect(strangers).toEqual([...put].sort().map(path => join('.store', 'objects', artifact.action.object, path)));
      expect(existsSync(store.quarantine)).toBe(false);
      flipByte(join(artifact.folder, TEXT));
      expect(await findArtifact(reader, KEY)).toMatchObject({ found: false, damage: expect.stringMatching(/SHA-256/) });
    });
  }

  test('reads no file that looks as it did, and every one of a store that was copied', async () => {
    const later = await openLater();
    const record = join(store.verified, `${artifact.action.object}.json`);
    const before = await readFile(record, 'utf8');
    expect(await findArtifact(later, KEY)).toMatchObject({ found: true });
    expect(await readFile(record, 'utf8')).toBe(before);
    cpSync(root, `${root}-copy`, { recursive: true });
    const copy = await openStore(`${root}-copy`, later.clock);
    expect(await findArtifact(copy, KEY)).toMatchObject({ found: true });
    expect(await readFile(join(copy.verified, `${artifact.action.object}.json`), 'utf8')).not.toBe(before);
  });

  test('does without the record of how files looked, and moves a damaged one to quarantine', async () => {
    const record = join(store.verified, `${artifact.action.object}.json`);
    for (const damage of [flipByte, (path: string) => truncateSync(path, 9), replaceByFolder]) {
      await openLater();
      damage(record);
      expect(await findArtifact(store, KEY)).toMatchObject({ found: true });
    }
    expect((await readdir(store.quarantine)).filter(name => name.endsWith('.txt'))).toHaveLength(3);
    rmSync(record);
    expect(await findArtifact(store, KEY)).toMatchObject({ found: true });
  });

  test('takes no record for that of another key, and no record of another digest', async () => {
    renameSync(join(store.actions, `${KEY}.json`), join(store.actions, `${OTHER_KEY}.json`));
    expect(await findArtifact(store, OTHER_KEY)).toMatchObject({ damage: expect.stringContaining(KEY) });
    const { action } = await commitText(store, 'some text');
    await writeFile(join(store.actions, `${KEY}.json`), sealedText({ ...action, digest: 'sha256:0' }));
    expect(await findArtifact(store, KEY)).toMatchObject({ found: false, damage: expect.stringContaining('sha256:0') });
  });

  test('does not leave the store, whatever a record or a manifest with a true seal says', async () => {
    for (const object of ['../../../etc', '', 'x'.repeat(32), null]) {
      await writeFile(join(store.actions, `${KEY}.json`), sealedText({ ...artifact.action, object }));
      expect(await findArtifact(store, KEY)).toMatchObject({
        found: false,
        damage: expect.stringContaining('no object'),
      });
    }
    for (const path of ['../../../../etc/hostname', '/etc/hostname', 'text//text.txt']) {
      const { action, manifest, folder } = await commitText(store, 'some text');
      const files = [...manifest.files, { path, bytes: 1, sha256: '0' }];
      await writeFile(join(folder, 'manifest.json'), sealedText({ ...manifest, files }));
      expect(await findArtifact(store, KEY)).toMatchObject({ damage: 'manifest.json is incomplete' });
      expect(await readAction(store, action.key)).toBeUndefined();
    }
  });

  test('does not take the manifest of another object for its own', async () => {
    const other = await commitText(store, 'other text', { key: OTHER_KEY });
    rmSync(artifact.folder, { recursive: true });
    cpSync(other.folder, artifact.folder, { recursive: true });
    expect(await findArtifact(store, KEY)).toMatchObject({ damage: expect.stringContaining(other.action.object) });
  });

  test('refuses the record of a later version, and leaves it where it is', async () => {
    const path = join(store.actions, `${KEY}.json`);
    await writeFile(path, sealedText({ ...artifact.action, format: 2 }));
    await expect(findArtifact(store, KEY)).rejects.toMatchObject({ code: 'store-format', exit: 6 });
    expect(existsSync(path)).toBe(true);
  });
});

describe('listActions()', () => {
  test('lists every sound record and moves damaged ones to quarantine', async () => {
    await commitText(store, 'other', { key: OTHER_KEY });
    expect((await listActions(store)).map(({ key }) => key)).toEqual([KEY, OTHER_KEY]);
    flipByte(join(store.actions, `${KEY}.json`));
    expect((await listActions(store)).map(({ key }) => key)).toEqual([OTHER_KEY]);
    expect(await readdir(store.quarantine)).toHaveLength(2);
  });

  test('is empty for an empty store', async () => {
    expect(await listActions(await openStore(await temporaryFolder(), CLOCK))).toEqual([]);
  });
});

describe('acceptAction()', () => {
  const to = { key: OTHER_KEY, leaves: { stage: 'say', 'code.src/x.ts': 'new' } };

  test('lets an old result hold for another key, and says so', async () => {
    await acceptAction(store, artifact.action, { ...to, step: 'two' }, 'comments only');
    const found = await findArtifact(store, OTHER_KEY);
    expect(found).toMatchObject({
      artifact: {
        folder: artifact.folder,
        action: { ...to, step: 'two', accepted: { because: 'comments only', from: KEY }, others: [] },
      },
    });
    expect(await findArtifact(store, KEY)).toMatchObject({ found: true, artifact: { action: { accepted: null } } });
  });

  test('keeps in mind what an execution with that key has given', async () => {
    const other = await commitText(store, 'other', { key: OTHER_KEY });
    const { others } = await acceptAction(store, artifact.action, to, 'it is better');
    expect(others).toEqual([other.action.object]);
  });

  test('refuses a result that is damaged', async () => {
    flipByte(join(artifact.folder, TEXT));
    await expect(acceptAction(store, artifact.action, to, 'why not')).rejects.toMatchObject({ code: 'accept-damaged' });
    expect(await readAction(store, OTHER_KEY)).toBeUndefined();
  });
});

async function prototypeOfHandles(): Promise<FileHandle> {
  const handle = await open(__filename);
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}
