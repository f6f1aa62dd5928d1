import { readFileSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../util/errno';

/** Who works in a temporary folder. Kept beside the folder, so that the folder holds only what the stage writes. */
interface Owner {
  readonly host: string;
  readonly pid: number;
  /** Tells a process from a later one with the same number; null where the system does not say. */
  readonly started: string | null;
}

const SUFFIX = '.owner.json';

/** Signs a temporary path that is about to be made. */
export async function claim(temporary: string): Promise<void> {
  const owner: Owner = { host: hostname(), pid: process.pid, started: startOf(process.pid) };
  await writeFile(temporary + SUFFIX, JSON.stringify(owner));
}

/** Takes the signature back, after the temporary path is gone. */
export async function release(temporary: string): Promise<void> {
  await rm(temporary + SUFFIX, { force: true });
}

/** Removes everything in the folder whose process on this host is dead. What another host works on is left alone. */
export async function removeAbandoned(folder: string): Promise<void> {
  const names = new Set((await readdir(folder)).map(name => (name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name)));
  for (const name of names) {
    const path = join(folder, name);
    if (isAlive((await readOwner(path + SUFFIX)) ?? ownerByName(name))) continue;
    await rm(path, { recursive: true, force: true });
    await release(path);
  }
}

/** A path in the folder that no other process uses. The process number in it is what is left if signing was interrupted. */
export function temporaryName(purpose: string, random: string): string {
  return `${purpose}.${process.pid}.${random}`;
}

function ownerByName(name: string): Owner {
  const pid = Number(name.split('.').at(-2));
  return { host: hostname(), pid: Number.isInteger(pid) && pid > 0 ? pid : -1, started: null };
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Owner>;
    if (typeof value.host !== 'string' || typeof value.pid !== 'number') return undefined;
    return { host: value.host, pid: value.pid, started: value.started ?? null };
  } catch {
    // Missing or cut off in the middle: the process died while it signed.
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  if (owner.pid <= 0) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (errnoOf(error) !== 'EPERM') return false;
  }
  return owner.started === null || owner.started === startOf(owner.pid);
}

/** Start time in clock ticks since boot: field 22 of `/proc/<pid>/stat` (proc(5)); the name in field 2 may hold spaces. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
