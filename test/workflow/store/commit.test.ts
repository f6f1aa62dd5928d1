import { chmodSync, existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { readManifest } from '../../../src/workflow/store/objects/manifest';
import { findArtifact, openStore, readAction, type Store } from '../../../src/workflow/store/store';
import {
  abandonArtifact,
  beginArtifact,
  commitArtifact,
  failArtifact,
} from '../../../src/workflow/store/objects/workspace';
import { CLOCK, temporaryFolder } from '../../helpers/rig';
import { DRAFT, KEY, OTHER_KEY, commitText, flipByte } from '../../helpers/artifacts';

let store: Store;

beforeEach(async () => {
  store = await openStore(join(await temporaryFolder(), 'artifacts'), CLOCK);
});

describe('commitArtifact()', () => {
  test('makes an artifact that is found, at the depth of its workspace, and leaves nothing temporary', async () => {
    const workspace = await beginArtifact(store, KEY, ['text']);
    await writeFile(join(workspace.folder, 'text', 'text.txt'), 'hello');
    expect(await findArtifact(store, KEY)).toEqual({ found: false });
    const { differs, ...artifact } = await commitArtifact(store, workspace, DRAFT);
    expect(differs).toBeNull();
    expect(await findArtifact(store, KEY)).toEqual({ found: true, artifact, strangers: [] });
    expect(artifact.folder.split('/').length).toBe(workspace.folder.split('/').length);
    expect(artifact.manifest).toMatchObject({
      files: [{ path: 'text/text.txt', bytes: 5 }],
      folders: ['text'],
      bytes: 5,
    });
    expect(await readdir(store.temporary)).toEqual([]);
  });

  test('shares one object between keys with equal results, and tells each how its own came about', async () => {
    const first = await commitText(store, 'same', { files: { 'log.txt': 'early' } });
    const draft = { run: 'another', step: 'two', options: { other: true } };
    const second = await commitText(store, 'same', { key: OTHER_KEY, files: { 'log.txt': 'late' }, draft });
    expect(second.folder).toBe(first.folder);
    expect(await readdir(store.objects)).toHaveLength(1);
    expect(second.manifest).toEqual(first.manifest);
    expect(second.action).toMatchObject({ key: OTHER_KEY, ...draft, object: first.action.object, others: [] });
    expect(await readAction(store, KEY)).toEqual(first.action);
    expect(await readFile(join(first.folder, 'log.txt'), 'utf8')).toBe('early');
  });

  test('keeps apart what has the same bytes but another stage, type, look or place on this machine', async () => {
    const draft = (extra: object) => ({ draft: extra });
    const commits = [
      await commitText(store, 'same'),
      await commitText(store, 'same', draft({ stage: { name: 'shout', version: 1, summary: '' } })),
      await commitText(store, 'same', draft({ outputs: { text: 'another-type' } })),
      await commitText(store, 'same', draft({ looks: [{ file: 'text/text.txt', caption: 'Look' }] })),
      await commitText(store, 'same', { files: { 'text/place.local.json': '1' } }),
      await commitText(store, 'same', { files: { 'text/place.local.json': '2' } }),
    ];
    expect(new Set(commits.map(({ action }) => action.object)).size).toBe(commits.length);
    // Where it lies on this machine is not part of what it is.
    expect(commits[4]!.manifest.digest).toBe(commits[0]!.manifest.digest);
    expect(commits[5]!.manifest.outputs['text']!.digest).toBe(commits[0]!.manifest.outputs['text']!.digest);
  });

  test('makes the newer result of a key the current one, and says where it differs', async () => {
    const first = await commitText(store, 'first', { files: { 'same.txt': 'same', 'log.txt': 'early' } });
    const again = await commitText(store, 'first', { files: { 'same.txt': 'same', 'log.txt': 'late' } });
    expect([again.differs, again.action.others]).toEqual([null, []]);
    const second = await commitText(store, 'second', { files: { 'same.txt': 'same' } });
    expect([second.differs, second.action.others]).toEqual(['text/text.txt', [first.action.object]]);
    const third = await commitText(store, 'first', { files: { 'same.txt': 'same', 'new.txt': '' } });
    expect([third.differs, third.action.others]).toEqual(['new.txt', [first.action.object, second.action.object]]);
    expect(await findArtifact(store, KEY)).toMatchObject({ artifact: { folder: third.folder } });
    // Back to the first: it is not among the others of itself.
    const back = await commitText(store, 'first', { files: { 'same.txt': 'same' } });
    expect(back.action.object).toBe(first.action.object);
    expect(back.action.others).toEqual([second.action.object, third.action.object]);
  });

  test('puts a damaged object that is in the way into quarantine', async () => {
    const { folder } = await commitText(store, 'whole');
    flipByte(join(folder, 'text', 'text.txt'));
    expect((await commitText(store, 'whole', { key: OTHER_KEY })).folder).toBe(folder);
    expect(await readFile(join(folder, 'text', 'text.txt'), 'utf8')).toBe('whole');
    const [moved, report] = (await readdir(store.quarantine)).sort();
    expect(report).toBe(`${moved!}.txt`);
    expect(await readFile(join(store.quarantine, report!), 'utf8')).toMatch(/found: text\/text.txt has the SHA-256/);
    // The first key had the same object, and has a sound one again.
    expect(await findArtifact(store, KEY)).toMatchObject({ found: true });
  });

  test('takes the place of a file or an empty folder that is in the way', async () => {
    const { folder } = await commitText(store, 'text');
    await rm(folder, { recursive: true });
    await writeFile(folder, 'in the way');
    await commitText(store, 'text');
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await commitText(store, 'text');
    expect(await findArtifact(store, KEY)).toMatchObject({ found: true });
  });

  test('refuses a link, whose content could change behind the digest', async () => {
    const workspace = await beginArtifact(store, KEY, ['text']);
    await symlink('/etc/hostname', join(workspace.folder, 'text', 'link'));
    await expect(commitArtifact(store, workspace, DRAFT)).rejects.toThrow(/files and folders only/);
    await abandonArtifact(workspace);
    expect(await readdir(store.temporary)).toEqual([]);
  });

  test('refuses an output whose folder is gone or a file', async () => {
    const workspace = await beginArtifact(store, KEY, ['text']);
    await rm(join(workspace.folder, 'text'), { recursive: true });
    await expect(commitArtifact(store, workspace, DRAFT)).rejects.toThrow(/output "text"/);
    await writeFile(join(workspace.folder, 'text'), '');
    await expect(commitArtifact(store, workspace, DRAFT)).rejects.toThrow(/output "text"/);
    expect(await findArtifact(store, KEY)).toEqual({ found: false });
  });

  test('keeps empty files, an output without any, and what may only be read', async () => {
    const workspace = await beginArtifact(store, KEY, ['text', 'nothing']);
    await writeFile(join(workspace.folder, 'text', 'empty'), '');
    chmodSync(join(workspace.folder, 'text', 'empty'), 0o400);
    const { folder, manifest } = await commitArtifact(store, workspace, {
      ...DRAFT,
      outputs: { text: 't', nothing: 't' },
    });
    expect(manifest.outputs['nothing']).toMatchObject({ files: 0, bytes: 0 });
    expect(await findArtifact(store, KEY)).toMatchObject({ found: true });
    await rm(join(folder, 'nothing'), { recursive: true });
    expect(await findArtifact(store, KEY)).toEqual({ found: false, damage: 'nothing is missing' });
  });

  test('seals a manifest that a person can read', async () => {
    const { folder, manifest } = await commitText(store, 'text');
    expect(readManifest(folder)).toEqual(manifest);
    const text = await readFile(join(folder, 'manifest.json'), 'utf8');
    expect(text.split('\n').length).toBeGreaterThan(20);
    await writeFile(join(folder, 'manifest.json'), text.replace('"seconds": 1', '"seconds": 2'));
    expect(readManifest(folder)).toMatch(/seal/);
  });
});

describe('failArtifact()', () => {
  test('keeps what lies beside the outputs, and removes the rest', async () => {
    const workspace = await beginArtifact(store, KEY, ['text']);
    const { folder } = workspace;
    await writeFile(join(folder, 'text', 'text.txt'), 'half');
    await writeFile(join(folder, 'log.txt'), 'log');
    await mkdir(join(folder, 'on-failure'));
    await writeFile(join(folder, 'on-failure', 'weights'), 'w');
    await symlink('/etc/hostname', join(folder, 'link'));
    await writeFile(join(folder, 'huge.bin'), '');
    await truncate(join(folder, 'huge.bin'), 65 * 2 ** 20);
    const kept = await failArtifact(store, workspace);
    expect(kept).toBe(join(store.failed, KEY));
    expect((await readdir(kept!, { recursive: true })).sort()).toEqual(['log.txt', 'on-failure', 'on-failure/weights']);
    expect(await readdir(store.temporary)).toEqual([]);
  });

  test('replaces what an earlier attempt has left, and a success removes it', async () => {
    for (const name of ['first.txt', 'second.txt']) {
      const workspace = await beginArtifact(store, KEY, ['text']);
      await writeFile(join(workspace.folder, name), '');
      await failArtifact(store, workspace);
    }
    expect(await readdir(join(store.failed, KEY))).toEqual(['second.txt']);
    await commitText(store, 'text');
    expect(existsSync(join(store.failed, KEY))).toBe(false);
  });

  test('keeps nothing of a stage that left nothing, nor of a folder that is gone', async () => {
    expect(await failArtifact(store, await beginArtifact(store, KEY, ['text']))).toBeUndefined();
    const gone = await beginArtifact(store, KEY, ['text']);
    await rm(gone.folder, { recursive: true });
    expect(await failArtifact(store, gone)).toBeUndefined();
    expect(await readdir(store.temporary)).toEqual([]);
  });
});
