import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Store } from '../layout';
import {
  judgeProcess,
  judgeByName,
  placeTag,
  thisProcess,
  type ProcessIdentity,
  type Verdict,
} from './process-identity';
import { FORGOTTEN_AFTER_MS, giveSigns, lastSign } from './signs-of-life';

const SUFFIX = '.owner.json';
const NAME = /\.([0-9a-f]{10})-(\d+)\.[^.]+$/;

/** By path: what ends the signs of life for it. */
const claimed = new Map<string, () => void>();

/**
 * Signs a temporary path that is about to be made, and gives signs of life for it until it is released. The signature is beside it, so that a folder
 * holds only what the stage writes.
 */
export async function claim({ clock }: Store, temporary: string): Promise<void> {
  await writeFile(temporary + SUFFIX, JSON.stringify(thisProcess()));
  claimed.set(temporary, giveSigns(clock, temporary + SUFFIX));
}

/** Takes the signature back, after the temporary path is gone. */
export async function release(temporary: string): Promise<void> {
  endSigns(temporary);
  await rm(temporary + SUFFIX, { force: true });
}

/** Ends the signs of life for what this process can neither keep nor remove: it is left to the next one. */
export function endSigns(temporary: string): void {
  claimed.get(temporary)?.();
  claimed.delete(temporary);
}

/**
 * Removes what dead processes have left among the temporary paths, and what nobody has given a sign of life for in a day. What another user
 * lets nobody remove costs no more than space.
 */
export async function removeAbandoned(store: Store): Promise<void> {
  const all = await readdir(store.temporary);
  const names = new Set(all.map(name => (name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name)));
  for (const name of names) {
    const path = join(store.temporary, name);
    if (!(await isAbandoned(store, path, name))) continue;
    try {
      await rm(path, { recursive: true, force: true });
      await release(path);
    } catch {
      // The next process tries again.
    }
  }
}

/** A path in the folder that no other process uses. Place and process number in it are what is left if signing was interrupted. */
export function temporaryName(purpose: string, random: string): string {
  return `${purpose}.${placeTag()}-${process.pid}.${random}`;
}

async function isAbandoned({ clock }: Store, path: string, name: string): Promise<boolean> {
  const owner = await readOwner(path + SUFFIX);
  const verdict = owner === undefined ? judgeName(name) : judgeProcess(owner);
  if (verdict !== 'unknown') return verdict === 'dead';
  return clock.now() - lastSign(path, path + SUFFIX) >= FORGOTTEN_AFTER_MS;
}

function judgeName(name: string): Verdict {
  const [, tag, pid] = NAME.exec(name) ?? [];
  return tag === undefined ? 'unknown' : judgeByName(tag, Number(pid));
}

async function readOwner(path: string): Promise<ProcessIdentity | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<ProcessIdentity>;
    if (typeof value.host !== 'string' || typeof value.pid !== 'number') return undefined;
    return { ...value, host: value.host, pid: value.pid, started: value.started ?? null };
  } catch {
    // Missing, another user's, or cut off in the middle: the process died while it signed.
    return undefined;
  }
}
