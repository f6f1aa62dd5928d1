import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { acquireLease, tryLease, type Lease, type LeaseOwner } from '../../../../src/workflow/store/leases/leases';
import { thisProcess } from '../../../../src/workflow/store/leases/process-identity';
import { openStore, type Store } from '../../../../src/workflow/store/store';
import { verifyStore } from '../../../../src/workflow/store/upkeep/verify';
import { sealedText } from '../../../../src/kit/files/sealed-json';
import { KEY, OTHER_KEY, flipByte, replaceByFolder } from '../../../helpers/artifacts';
import { CLOCK, temporaryFolder } from '../../../helpers/rig';

const PROGRAM = join(__dirname, '..', '..', '..', 'helpers', 'hold-lease.ts');
const REGISTER = join(__dirname, '..', '..', '..', 'helpers', 'register-typescript.js');
const DEAD = 4_194_305;

let root: string;
let store: Store;
let children: ChildProcess[];

beforeEach(async () => {
  root = join(await temporaryFolder(), 'artifacts');
  store = await openStore(root, CLOCK);
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

const terms = (signal: AbortSignal = new AbortController().signal) => {
  return { run: 'run', runFolder: '/runs/run', step: 'step', signal };
};

const isLease = (value: Lease | LeaseOwner): value is Lease => 'release' in value;

async function take(from = store, key = KEY): Promise<Lease> {
  const lease = await tryLease(from, key, terms());
  if (!isLease(lease)) throw new Error(`Held by ${lease.run}`);
  return lease;
}

/** A lease as another process has left it. */
async function leave(owner: Partial<LeaseOwner>, number = 1): Promise<string> {
  const whole = {
    ...thisProcess(),
    run: 'other',
    runFolder: '/runs/other',
    step: 'step',
    since: '2026-01-01T00:00:00Z',
  };
  const path = join(store.leases, `${KEY}.${number}.json`);
  await writeFile(path, sealedText({ kind: 'fairdistill-lease', nonce: `n${number}`, ...whole, ...owner }));
  return path;
}

async function holder(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-r', REGISTER, PROGRAM, root, KEY], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await new Promise<void>(resolve => child.stdout.once('data', () => resolve()));
  return child;
}

function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  return new Promise(resolve => child.once('close', () => resolve()));
}

/** Timers that a test moves by hand. */
function handClock() {
  const timers: { readonly milliseconds: number; readonly callback: () => void }[] = [];
  const every = (milliseconds: number, callback: () => void) => {
    const timer = { milliseconds, callback };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  };
  const pass = (seconds: number): void => {
    for (const { milliseconds, callback } of [...timers]) {
      for (let times = 0; times < (seconds * 1000) / milliseconds; times++) callback();
    }
  };
  return { clock: { ...CLOCK, every }, pass, timers };
}

/** Lets nobody read the file, and does the work as somebody whom that holds for: not as the superuser. */
async function asAnotherUser(path: string, work: () => Promise<void>): Promise<void> {
  const isSuperuser = process.getuid!() === 0;
  chmodSync(path, 0o000);
  if (isSuperuser) {
    for (const folder of [
      dirname(root),
      root,
      store.hidden,
      ...readdirSync(store.hidden).map(name => join(store.hidden, name)),
    ]) {
      chmodSync(folder, 0o777);
    }
    process.seteuid!(65534);
  }
  try {
    expect(() => readFileSync(path)).toThrow('EACCES');
    await work();
  } finally {
    if (isSuperuser) process.seteuid!(0);
  }
}

describe('a lease', () => {
  test('is held by one at a time and leaves nothing behind', async () => {
    const lease = await take();
    expect(await tryLease(store, KEY, terms())).toMatchObject({ run: 'run', step: 'step', ...thisProcess() });
    const elsewhere = await take(store, OTHER_KEY);
    await lease.release();
    await (await take()).release();
    await elsewhere.release();
    expect([await readdir(store.leases), await readdir(store.temporary)]).toEqual([[], []]);
  });

  test('is waited for; the one who waits is told once who has it', async () => {
    const first = await take();
    const told: LeaseOwner[] = [];
    const second = acquireLease(store, KEY, { ...terms(), onWait: owner => told.push(owner) });
    await new Promise(resolve => setTimeout(resolve, 350));
    await first.release();
    await (await second).release();
    expect(told.map(({ run, pid }) => [run, pid])).toEqual([['run', process.pid]]);
  });

  test('is no longer waited for when the signal is aborted, before and while waiting', async () => {
    const lease = await take();
    const stopping = new AbortController();
    const waiting = acquireLease(store, KEY, { ...terms(stopping.signal), onWait: () => stopping.abort() });
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    await expect(tryLease(store, OTHER_KEY, terms(stopping.signal))).rejects.toMatchObject({ name: 'AbortError' });
    await lease.release();
    expect(await readdir(store.leases)).toEqual([]);
  });

  test('is taken over from a process that was killed, at once and without being told to', async () => {
    const child = await holder();
    expect(await tryLease(store, KEY, terms())).toMatchObject({ run: 'holder', step: 'held', pid: child.pid });
    await end(child);
    await (await take()).release();
    expect(await readdir(store.leases)).toEqual([]);
  });

  test('is waited for while its process is stopped: it is alive', async () => {
    const child = await holder();
    child.kill('SIGSTOP');
    let told = 0;
    const waiting = acquireLease(store, KEY, { ...terms(), onWait: () => (told += 1) });
    await new Promise(resolve => setTimeout(resolve, 500));
    expect([told, await readdir(store.leases)]).toEqual([1, [`${KEY}.1.json`]]);
    await end(child);
    await (await waiting).release();
  });

  test('of a process that is gone, or whose number another one has now, is taken over at once', async () => {
    for (const owner of [{ started: '1' }, { pid: DEAD }, { pid: 1, started: 'long ago' }]) {
      await leave(owner);
      await (await take()).release();
      expect(await readdir(store.leases)).toEqual([]);
    }
  });

  test('of this very process is stale when nobody here holds it any more', async () => {
    await leave({});
    await (await take()).release();
  });

  const ELSEWHERE: Readonly<Record<string, Partial<LeaseOwner>>> = {
    'on another host': { host: 'another-host', boot: 'another', pid: DEAD },
    'in another container of the same host name': { namespace: 'pid:[1] time:[1]', pid: DEAD },
    'of another start of the machine, or of another machine of the same name': { boot: 'another', pid: DEAD },
    'of an earlier version': { namespace: undefined, pid: DEAD },
  };
  for (const [name, owner] of Object.entries(ELSEWHERE)) {
    test(`${name} is waited for while it gives signs, and taken over after 60 s without any`, async () => {
      const { clock, pass } = handClock();
      const own = await openStore(root, clock);
      const path = await leave(owner);
      for (let beat = 1; beat <= 3; beat++) {
        expect(await tryLease(own, KEY, terms())).toMatchObject({ pid: DEAD });
        pass(59);
        await utimes(path, beat, beat);
      }
      expect(await tryLease(own, KEY, terms())).toMatchObject({ pid: DEAD });
      pass(59);
      expect(await tryLease(own, KEY, terms())).toMatchObject({ pid: DEAD });
      pass(2);
      await (await take(own)).release();
    });

    test(`${name} is left alone by who opens the store, until it was silent for a day`, async () => {
      const path = await leave(owner);
      await openStore(root, CLOCK);
      expect(existsSync(path)).toBe(true);
      await openStore(root, { ...CLOCK, now: () => Date.now() + 24 * 3600 * 1000 });
      expect(existsSync(path)).toBe(false);
    });
  }

  test('of another user, who lets nobody read it, stops no command and is waited for as any other of whom nothing is known', async () => {
    const { clock, pass } = handClock();
    const path = await leave({ pid: DEAD });
    await asAnotherUser(path, async () => {
      const own = await openStore(root, clock);
      expect(await tryLease(own, KEY, terms())).toMatchObject({ run: 'unknown', host: 'unknown' });
      expect((await verifyStore(own, { repair: true, onProgress: () => undefined })).problems).toEqual([]);
      pass(59);
      expect(await tryLease(own, KEY, terms())).toMatchObject({ run: 'unknown' });
      pass(2);
      await (await take(own)).release();
    });
  });

  test('beats while it is held and not after', async () => {
    const { clock, pass, timers } = handClock();
    let now = 1e12;
    const own = await openStore(root, { ...clock, now: () => (now += 5000) });
    const lease = await take(own);
    expect(timers.map(({ milliseconds }) => milliseconds)).toEqual([2000]);
    const { mtimeMs } = statSync(join(store.leases, `${KEY}.1.json`));
    pass(2);
    await new Promise(resolve => setTimeout(resolve, 100));
    expect(statSync(join(store.leases, `${KEY}.1.json`)).mtimeMs).not.toBe(mtimeMs);
    await lease.release();
    expect(timers).toEqual([]);
  });

  test('that is damaged goes to quarantine, once it cannot be one that is just being written', async () => {
    const old = 1e9;
    for (const damage of [flipByte, (path: string) => truncateSync(path, 5), replaceByFolder]) {
      const path = await leave({ pid: DEAD }, 7);
      damage(path);
      expect(await tryLease(store, KEY, terms())).toMatchObject({ run: 'unknown' });
      await utimes(path, old, old);
      await (await take()).release();
      expect(await readdir(store.leases)).toEqual([]);
    }
    expect((await readdir(store.quarantine)).filter(name => name.endsWith('.txt'))).toHaveLength(3);
  });

  test('that is empty is one whose holder was killed before it wrote, and is no damage', async () => {
    const path = await leave({ pid: DEAD }, 7);
    truncateSync(path, 0);
    expect(await tryLease(store, KEY, terms())).toMatchObject({ run: 'unknown' });
    await utimes(path, 1e9, 1e9);
    await (await take()).release();
    expect(await readdir(store.leases)).toEqual([]);
    expect(await readdir(store.quarantine).catch(() => [])).toEqual([]);
  });

  test('is released by its holder only', async () => {
    const lease = await take();
    const path = join(store.leases, `${KEY}.1.json`);
    rmSync(path);
    await leave({ pid: 1, started: null });
    const before = readFileSync(path, 'utf8');
    await lease.release();
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('of a dead holder is taken over by exactly one of many at once, in 100 rounds', async () => {
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore(root, CLOCK)));
    let most = 0;
    let taken = 0;
    for (let round = 0; round < 100; round++) {
      await leave({ pid: DEAD }, 1 + (round % 3));
      let holders = 0;
      await Promise.all(
        stores.map(async own => {
          const lease = await acquireLease(own, KEY, { ...terms(), onWait: () => undefined });
          most = Math.max(most, ++holders);
          taken++;
          await new Promise(resolve => setTimeout(resolve, 1));
          holders--;
          await lease.release();
        }),
      );
    }
    expect([most, taken]).toEqual([1, 400]);
    expect([await readdir(store.leases), await readdir(store.temporary)]).toEqual([[], []]);
  });
});
