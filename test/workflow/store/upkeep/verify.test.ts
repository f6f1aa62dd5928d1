import { existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { hasCheckpoints, openCheckpoints, removeCheckpoints } from '../../../../src/workflow/store/actions/checkpoints';
import { markOf, writeMarks } from '../../../../src/workflow/store/objects/stat-signatures';
import { findArtifact, openStore, type Store } from '../../../../src/workflow/store/store';
import {
  STORED_KINDS,
  verifyStore,
  type StoredKind,
  type VerifyReport,
} from '../../../../src/workflow/store/upkeep/verify';
import { sha256Text } from '../../../../src/kit/files/sha256';
import { writeSealed } from '../../../../src/kit/files/sealed-file';
import { sealedText } from '../../../../src/kit/files/sealed-json';
import { KEY, OTHER_KEY, commitText, flipByte, replaceByFolder, replaceByLink } from '../../../helpers/artifacts';
import { CLOCK, temporaryFolder } from '../../../helpers/rig';

let store: Store;
let places: Readonly<Record<StoredKind, string>>;

beforeEach(async () => {
  store = await openStore(join(await temporaryFolder(), 'artifacts'), CLOCK);
  const { action, folder } = await commitText(store, 'text');
  await commitText(store, 'other', { key: OTHER_KEY });
  for (const path of [store.fingerprints, join(store.hidden, 'code'), join(store.root, 'runs', 'run-1')])
    mkdirSync(path, { recursive: true });
  places = {
    object: folder,
    pictures: join(folder, 'pictures', 'pictures.json'),
    action: join(store.actions, `${KEY}.json`),
    verified: join(store.verified, `${action.object}.json`),
    checkpoint: join(await openCheckpoints(store, KEY), 'training.checkpoint'),
    lease: join(store.leases, `${KEY}.1.json`),
    fingerprint: join(store.fingerprints, 'x.json'),
    code: join(store.hidden, 'code', `${sha256Text('{"src/x.ts":"sha256:0"}')}.json`),
    run: join(store.root, 'runs', 'run-1', 'run.json'),
  };
  mkdirSync(join(folder, 'pictures'));
  writeFileSync(places.pictures, sealedText({ kind: 'fairdistill-pictures', format: 1, code: 'c', pictures: [] }));
  writeFileSync(places.lease, sealedText({ kind: 'fairdistill-lease', nonce: 'n', host: 'x', pid: 1, since: '' }));
  writeFileSync(places.code, '{"src/x.ts":"sha256:0"}');
  await writeSealed(places.checkpoint, {}, [Buffer.from('weights and velocities')]);
  for (const kind of ['fingerprint', 'run'] as const) writeFileSync(places[kind], sealedText({ kind }));
});

const verify = (repair: boolean): Promise<VerifyReport> => verifyStore(store, { repair, onProgress: () => undefined });

const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  flipped: flipByte,
  'cut off': path => truncateSync(path, 10),
  'replaced by a folder': replaceByFolder,
  'replaced by a link': replaceByLink,
};

describe('verifyStore()', () => {
  test('finds nothing wrong with a sound store, and counts what it read', async () => {
    const seen: string[] = [];
    const report = await verifyStore(store, {
      repair: false,
      onProgress: ({ kind, done, total }) => seen.push(`${kind} ${done}/${total}`),
    });
    expect(report).toEqual({
      checked: {
        object: 2,
        pictures: 1,
        action: 2,
        verified: 2,
        checkpoint: 1,
        lease: 1,
        fingerprint: 1,
        code: 1,
        run: 1,
      },
      bytes: 9,
      outdated: [],
      strangers: [],
      problems: [],
    });
    expect([seen[0], seen.at(-1), seen.length]).toEqual(['object 0/12', 'run 11/12', 12]);
  });

  for (const kind of ['action', 'verified', 'checkpoint', 'lease', 'fingerprint', 'code', 'run'] as const) {
    for (const [name, damage] of Object.entries(DAMAGES)) {
      test(`finds a stored ${kind} that was ${name}, leaves it, and moves it away when told to`, async () => {
        damage(places[kind]);
        const store2 = await openStore(store.root, { ...CLOCK, now: () => Date.now() + 10_000 });
        const onProgress = (): void => undefined;
        const told = await verifyStore(store2, { repair: false, onProgress });
        expect(told.problems).toMatchObject([{ kind, movedTo: null }]);
        expect(await readdir(store.hidden)).not.toContain('quarantine');
        const repaired = await verifyStore(store2, { repair: true, onProgress });
        expect(repaired.problems).toMatchObject([{ kind, found: told.problems[0]!.found }]);
        expect(existsSync(repaired.problems[0]!.movedTo! + '.txt')).toBe(true);
        expect((await verify(false)).problems).toEqual([]);
      });
    }
  }

  for (const [name, damage] of Object.entries(DAMAGES)) {
    for (const file of ['text/text.txt', 'manifest.json']) {
      test(`finds an object whose ${file} was ${name}, and moves it away with the record of its action`, async () => {
        writeFileSync(join(places.object, 'text', 'text.txt'), 'text');
        damage(join(places.object, file));
        expect((await verify(false)).problems.map(({ kind }) => kind)).toEqual(['action', 'object']);
        expect((await verify(true)).problems.map(({ kind }) => kind)).toEqual(['action', 'object']);
        expect(await findArtifact(store, KEY)).toEqual({ found: false });
        expect(await findArtifact(store, OTHER_KEY)).toMatchObject({ found: true });
        expect((await verify(false)).problems).toEqual([]);
      });
    }
  }

  test('reads also what looks as it did when it was last found right', async () => {
    const path = join(places.object, 'text', 'text.txt');
    flipByte(path);
    // As a disk does that forgets: nobody saw a write.
    const paths = ['', 'manifest.json', 'text', 'text/text.txt'];
    const marks = new Map(paths.map(name => [name, markOf(lstatSync(join(places.object, name), { bigint: true }))]));
    await writeMarks(store, basename(places.object), marks, Date.now() + 10_000);
    expect(await findArtifact(store, KEY)).toMatchObject({ found: true });
    expect((await verify(false)).problems.map(({ kind }) => kind)).toEqual(['action', 'object']);
  });

  test('finds a file in place of checkpoints and an object that is gone, and leaves strangers where they are', async () => {
    await removeCheckpoints(store, KEY);
    writeFileSync(dirname(places.checkpoint), '');
    const folders = [store.objects, store.actions, store.verified, store.checkpoints, join(store.root, 'runs')];
    const strangers = [...folders, store.leases, store.temporary].map(folder => join(folder, '.DS_Store'));
    for (const path of strangers) writeFileSync(path, '');
    rmSync(places.object, { recursive: true });
    const told = await verify(true);
    expect(told.problems.map(({ kind }) => kind).sort()).toEqual(['action', 'checkpoint']);
    expect(told.strangers).toEqual(folders.map(folder => relative(store.root, join(folder, '.DS_Store'))));
    await openStore(store.root, CLOCK);
    expect((await verify(false)).problems).toEqual([]);
    expect(strangers.filter(path => !existsSync(path))).toEqual([]);
  });

  test('finds every damaged checkpoint of a stage, and says nothing of what it has not finished or keeps by other names', async () => {
    const at = (name: string) => join(dirname(places.checkpoint), name);
    for (const name of ['part-000000.rows', 'part-000001.rows']) await writeSealed(at(name), {}, [Buffer.from(name)]);
    for (const name of ['part-000002.rows.aside', 'notes.txt']) writeFileSync(at(name), 'half');
    flipByte(at('part-000001.rows'));
    truncateSync(places.checkpoint, 45);
    const { checked, problems } = await verify(true);
    expect(checked.checkpoint).toBe(3);
    expect(problems).toMatchObject([
      { path: relative(store.root, at('part-000001.rows')), found: 'its bytes are not those of its digest' },
      { path: relative(store.root, places.checkpoint), found: 'its bytes are not those of its digest' },
    ]);
    expect((await readdir(dirname(places.checkpoint))).sort()).toEqual([
      'notes.txt',
      'part-000000.rows',
      'part-000002.rows.aside',
    ]);
    await removeCheckpoints(store, KEY);
    expect((await verify(true)).problems).toEqual([]);
  });

  test('tells objects of earlier versions from damaged ones', async () => {
    mkdirSync(join(store.objects, KEY));
    writeFileSync(
      join(store.objects, KEY, 'manifest.json'),
      JSON.stringify({ kind: 'fairdistill-artifact', format: 1 }),
    );
    expect(await verify(true)).toMatchObject({ outdated: [KEY], problems: [] });
  });

  test('is content with an empty store', async () => {
    const empty = await openStore(await temporaryFolder(), CLOCK);
    const report = await verifyStore(empty, { repair: true, onProgress: () => undefined });
    expect(report.problems).toEqual([]);
    expect(Object.keys(report.checked)).toEqual([...STORED_KINDS]);
  });
});

describe('openCheckpoints()', () => {
  test('gives a folder that stays until it is removed', async () => {
    expect(hasCheckpoints(store, OTHER_KEY)).toBe(false);
    const folder = await openCheckpoints(store, OTHER_KEY);
    expect(hasCheckpoints(store, OTHER_KEY)).toBe(false);
    writeFileSync(join(folder, 'part'), '');
    expect(await openCheckpoints(store, OTHER_KEY)).toBe(folder);
    expect(hasCheckpoints(store, OTHER_KEY)).toBe(true);
    await removeCheckpoints(store, OTHER_KEY);
    expect(existsSync(folder)).toBe(false);
    await removeCheckpoints(store, OTHER_KEY);
  });

  test('moves what else is in its place to quarantine', async () => {
    const folder = dirname(places.checkpoint);
    rmSync(folder, { recursive: true });
    for (const put of [() => writeFileSync(folder, ''), () => symlinkSync('/etc', folder)]) {
      put();
      await openCheckpoints(store, KEY);
      rmSync(folder, { recursive: true });
    }
    expect((await readdir(store.quarantine)).filter(name => name.endsWith('.txt'))).toHaveLength(2);
  });
});
