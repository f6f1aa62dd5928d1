import { existsSync, lstatSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { checkSettled } from '../../../../src/workflow/store/upkeep/collecting';
import { openCheckpoints } from '../../../../src/workflow/store/actions/checkpoints';
import {
  collect,
  planCollection,
  type CollectionPlan,
  type CollectionRoots,
} from '../../../../src/workflow/store/upkeep/collect';
import { beginPictures, keepPictures } from '../../../../src/workflow/store/objects/pictures';
import { tryLease, type Lease } from '../../../../src/workflow/store/leases/leases';
import { nameArtifact } from '../../../../src/workflow/store/names';
import { findArtifact, openStore, type Artifact, type Store } from '../../../../src/workflow/store/store';
import { verifyStore } from '../../../../src/workflow/store/upkeep/verify';
import { commitText } from '../../../helpers/artifacts';
import { CLOCK, temporaryFolder } from '../../../helpers/rig';

const DAY = 86_400_000;
const key = (digit: string): string => digit.repeat(32);

let store: Store;
let a: Artifact;
let b: Artifact;

beforeEach(async () => {
  // In a week, so that nothing is young.
  store = await openStore(join(await temporaryFolder(), 'artifacts'), { ...CLOCK, now: () => Date.now() + 7 * DAY });
  a = await commitText(store, 'a', { key: key('a'), draft: { seconds: 5 } });
  b = await commitText(store, 'bb', { key: key('b'), draft: { seconds: 7, step: 'two' } });
});

const NO_ROOTS: CollectionRoots = { objects: [], inUse: [], keysInUse: [], grace: DAY, liveSince: null };

const plan = (roots: Partial<CollectionRoots> = {}): Promise<CollectionPlan> =>
  planCollection(store, { ...NO_ROOTS, ...roots });

const remove = (planned: CollectionPlan, roots: Partial<CollectionRoots> = {}) =>
  collect(store, planned, () => Promise.resolve({ ...NO_ROOTS, ...roots }));

const whys = ({ keep }: CollectionPlan) => Object.fromEntries(keep.map(({ object, why }) => [object, why]));

describe('planCollection()', () => {
  test('removes what nobody needs, and says what it is and what it cost', async () => {
    const planned = await plan();
    expect(planned).toMatchObject({ keep: [], leftovers: [], bytes: 3, seconds: 12 });
    expect(planned.remove.find(({ object }) => object === b.action.object)).toEqual({
      object: b.action.object,
      bytes: 2,
      seconds: 7,
      step: 'toy/two',
      keys: [key('b')],
    });
    expect(await findArtifact(store, key('a'))).toMatchObject({ found: true });
  });

  test('counts the pictures beside a result', async () => {
    const drawn = await beginPictures(store, b);
    writeFileSync(join(drawn, 'word.svg'), '12345');
    const picture = { file: 'word.svg', caption: 'A word', bytes: 5, sha256: 'ab' };
    await keepPictures(store, b, drawn, { code: 'sha256:1', pictures: [picture] });
    const list = lstatSync(join(b.folder, 'pictures', 'pictures.json')).size;
    expect((await plan()).bytes).toBe(3 + 5 + list);
  });

  test('keeps what has a name, what a kept run used, what is made again now, and says why', async () => {
    await nameArtifact(store, 'toy', 'one', a.action.object);
    expect(whys(await plan({ objects: [b.action.object, 'gone'] }))).toEqual({
      [a.action.object]: 'shown as toy/one',
      [b.action.object]: 'used by a run that is kept',
    });
    const signal = new AbortController().signal;
    const lease = (await tryLease(store, key('b'), { run: 'r', runFolder: '', step: 's', signal })) as Lease;
    expect(whys(await plan())[b.action.object]).toBe('being made again now');
    await lease.release();
    expect(whys(await plan())[b.action.object]).toBeUndefined();
  });

  test('keeps what runs that are going on have come to use, told by object, by key, or by the lease of who reads it', async () => {
    const used = 'in use by a run';
    expect(whys(await plan({ inUse: [a.action.object] }))).toEqual({ [a.action.object]: used });
    expect(whys(await plan({ keysInUse: [key('b')] }))).toEqual({ [b.action.object]: used });
    const signal = new AbortController().signal;
    const terms = { run: 'r', runFolder: '', step: 's', reads: [a.action.object], signal };
    const lease = (await tryLease(store, key('e'), terms)) as Lease;
    expect(whys(await plan())).toEqual({ [a.action.object]: used });
    await lease.release();
    expect(whys(await plan())).toEqual({});
  });

  test('keeps what is young, and what is newer than the start of a run in progress', async () => {
    expect(whys(await plan({ grace: 8 * DAY }))[a.action.object]).toBe('younger than the grace period');
    expect(whys(await plan({ liveSince: Date.now() - DAY }))[a.action.object]).toMatch(
      /^newer than the start of a run/,
    );
    // An old object that has become the result of new work is young again.
    const finished = new Date(store.clock.now()).toISOString();
    await commitText(store, 'a', { key: key('c'), draft: { finished } });
    expect(Object.keys(whys(await plan()))).toEqual([a.action.object]);
  });

  test('keeps what a kept artifact may refer to by place, over several steps', async () => {
    const record = (artifact: Artifact) => {
      const { digest, key: made, object } = artifact.action;
      return [{ port: 'texts', step: 'x', output: 'text', digest, key: made, object }];
    };
    const files = { 'text/place.local.json': '{}' };
    const c = await commitText(store, 'c', { key: key('c'), files, draft: { inputs: record(a) } });
    const d = await commitText(store, 'd', { key: key('d'), files, draft: { inputs: record(c) } });
    const e = await commitText(store, 'e', { key: key('e'), draft: { inputs: record(b) } });
    const kept = whys(await plan({ objects: [d.action.object, e.action.object] }));
    expect(Object.keys(kept).sort()).toEqual([a, c, d, e].map(({ action }) => action.object).sort());
    expect(kept[a.action.object]).toBe('toy/one refers to it');
  });

  test('counts checkpoints of finished work and old remains as leftovers, and no others', async () => {
    const signal = new AbortController().signal;
    const folders = await Promise.all(['a', 'c', 'd', 'e'].map(digit => openCheckpoints(store, key(digit))));
    const lease = (await tryLease(store, key('d'), { run: 'r', runFolder: '', step: 's', signal })) as Lease;
    const soon = store.clock.now() / 1000;
    utimesSync(folders[3]!, soon, soon);
    mkdirSync(join(store.failed, key('f')), { recursive: true });
    expect((await plan({ grace: DAY })).leftovers).toEqual([folders[0], folders[1], join(store.failed, key('f'))]);
    await lease.release();
  });

  test('knows objects whose manifest cannot be read by their size only', async () => {
    mkdirSync(join(store.objects, key('0'), 'text'), { recursive: true });
    writeFileSync(join(store.objects, key('0'), 'text', 'text.txt'), 'four');
    expect((await plan()).remove).toContainEqual({ object: key('0'), bytes: 4, seconds: 0, step: null, keys: [] });
  });
});

describe('collect()', () => {
  test('removes what was planned and nothing else', async () => {
    await nameArtifact(store, 'toy', 'one', a.action.object);
    const folder = await openCheckpoints(store, key('a'));
    expect(await remove(await plan())).toEqual({ objects: 1, bytes: 2, spared: [] });
    expect(await findArtifact(store, key('a'))).toMatchObject({ found: true });
    expect(await findArtifact(store, key('b'))).toEqual({ found: false });
    expect([existsSync(folder), await readdir(store.objects)]).toEqual([false, [a.action.object]]);
    expect(await readdir(store.verified)).toEqual([`${a.action.object}.json`]);
    expect(await readdir(store.temporary)).toEqual([]);
    expect((await verifyStore(store, { repair: false, onProgress: () => undefined })).problems).toEqual([]);
  });

  test('spares what became the result of other work since the plan was made', async () => {
    const planned = await plan();
    await commitText(store, 'a', { key: key('c') });
    expect(await remove(planned)).toEqual({ objects: 1, bytes: 2, spared: [a.action.object] });
    expect(await findArtifact(store, key('c'))).toMatchObject({ found: true });
  });

  test('spares what came into use since the plan was made, and puts back, with its record, what did so meanwhile', async () => {
    for (const asked of [1, 2]) {
      const planned = await plan();
      let times = 0;
      const seen: boolean[] = [];
      const rootsNow = (): Promise<CollectionRoots> => {
        seen.push(existsSync(a.folder));
        return Promise.resolve({ ...NO_ROOTS, inUse: ++times >= asked ? [a.action.object] : [] });
      };
      expect(await collect(store, planned, rootsNow)).toMatchObject({ spared: [a.action.object] });
      expect(seen).toEqual([true, asked === 1]);
      expect(await findArtifact(store, key('a'))).toMatchObject({ found: true });
      expect(await findArtifact(store, key('b'))).toEqual({ found: false });
      b = await commitText(store, 'bb', { key: key('b'), draft: { seconds: 7, step: 'two' } });
      expect([await readdir(store.temporary), await readdir(store.leases)]).toEqual([[], []]);
    }
  });

  test('lets those who miss what is away for a moment wait for it, and takes nothing for damaged', async () => {
    const planned = await plan();
    const looks: Promise<unknown>[] = [];
    let times = 0;
    const rootsNow = async (): Promise<CollectionRoots> => {
      // The objects are away now, and those of whom somebody knows come back.
      if (++times === 2) {
        looks.push(
          checkSettled(store, a.action.object),
          verifyStore(store, { repair: true, onProgress: () => undefined }),
        );
        await new Promise(resolve => setTimeout(resolve, 200));
      }
      return { ...NO_ROOTS, inUse: times < 2 ? [] : [a.action.object] };
    };
    await collect(store, planned, rootsNow);
    const [found, report] = await Promise.all(looks);
    expect(found).toMatchObject({ digest: a.action.digest });
    expect(report).toMatchObject({ problems: [] });
    expect(existsSync(store.quarantine)).toBe(false);
  });

  test('leaves the record of a key under which another result has come since the plan was made', async () => {
    const planned = await plan();
    const later = await commitText(store, 'new', { key: key('a') });
    await remove(planned);
    expect(await findArtifact(store, key('a'))).toMatchObject({
      artifact: { action: { object: later.action.object } },
    });
  });

  test('does without what is gone already', async () => {
    const planned = await plan();
    rmSync(a.folder, { recursive: true });
    expect(await remove(planned)).toMatchObject({ objects: 1 });
    expect(await remove(planned)).toMatchObject({ objects: 0, spared: [] });
  });
});
