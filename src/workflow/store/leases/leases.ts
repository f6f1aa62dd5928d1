import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from '../layout';
import {
  createLease,
  isStale,
  listLeases,
  removeOwn,
  removeStale,
  type LeaseFile,
  type LeaseOwner,
} from './lease-files';
import { giveSigns } from './signs-of-life';
import { inStorage } from '../storage-error';

export type { LeaseOwner } from './lease-files';

/** The right to make what a key stands for. Ends with the process that holds it. */
export interface Lease {
  /** Never rejects. */
  release(): Promise<void>;
}

/** On whose behalf a lease is taken. */
export interface LeaseTerms {
  /** Id and absolute folder of the run, and the step: shown to those who wait. */
  readonly run: string;
  readonly runFolder: string;
  readonly step: string;
  /** Ids of the objects that are read under it: no collection takes them. By default, none. */
  readonly reads?: readonly string[];
  /** Aborting it ends the attempt: then it rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

const POLL_MS = 100;
const LONGEST_BACK_OFF_MS = 500;

/**
 * Takes the lease of a key, and waits while another one holds it; `onWait` gets the holder, once for each. A lease whose holder is dead is taken
 * over: at once where its process is certainly gone, from another machine or container when it has given no sign of life for 60 s by what we have
 * seen ourselves. A lease saves work that is done twice; that nothing breaks if it is done twice is up to `commitArtifact`.
 */
export async function acquireLease(
  store: Store,
  key: string,
  terms: LeaseTerms & { readonly onWait: (holder: LeaseOwner) => void },
): Promise<Lease> {
  let told: string | undefined;
  for (;;) {
    const lease = await tryLease(store, key, terms);
    if ('release' in lease) return lease;
    const holder = JSON.stringify(lease);
    if (holder !== told) terms.onWait(lease);
    told = holder;
    await sleep(POLL_MS, undefined, { signal: terms.signal });
  }
}

/** Takes the lease of a key, or resolves to who holds it. */
export async function tryLease(store: Store, key: string, terms: LeaseTerms): Promise<Lease | LeaseOwner> {
  return inStorage(store.root, async () => {
    for (let attempt = 0; ; attempt++) {
      terms.signal.throwIfAborted();
      const present = await listLeases(store, key);
      const holder = present.find(lease => !isStale(store, lease));
      if (holder !== undefined) return holder.owner;
      const { run, runFolder, step, reads = [] } = terms;
      const number = Math.max(0, ...present.map(lease => lease.number)) + 1;
      const mine = await createLease(store, key, number, { run, runFolder, step, reads });
      if (mine !== undefined && (await isAlone(store, key, mine))) return hold(store, mine);
      await sleep(backOff(store, attempt));
    }
  });
}

/**
 * Whoever sees another live one after having created its own steps back: of two that create at the same time at least one does, and who
 * looked before the other created was alone then.
 */
async function isAlone(store: Store, key: string, mine: LeaseFile): Promise<boolean> {
  try {
    const others = (await listLeases(store, key)).filter(lease => lease.path !== mine.path);
    const isMine = others.every(lease => isStale(store, lease));
    if (!isMine) await removeOwn(store, mine);
    // A stale one that cannot be removed is in nobody's way.
    else for (const lease of others) await removeStale(store, lease).catch(() => undefined);
    return isMine;
  } catch (error) {
    await removeOwn(store, mine);
    throw error;
  }
}

function hold(store: Store, mine: LeaseFile): Lease {
  const stop = giveSigns(store.clock, mine.path);
  return {
    release: async () => {
      stop();
      await removeOwn(store, mine);
    },
  };
}

/** Milliseconds; different for those who have met. */
function backOff(store: Store, attempt: number): number {
  const chance = parseInt(store.clock.randomName().slice(0, 4), 16) / 0xffff;
  return chance * Math.min(LONGEST_BACK_OFF_MS, 10 * 2 ** attempt);
}
