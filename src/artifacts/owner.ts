import { readFileSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../util/errno';
import { sha256Text } from '../util/sha256';

/** A process, so that no later one is taken for it. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** Start time in clock ticks since boot; null where the system does not say. */
  readonly started: string | null;
  /** Changes with every start of the machine; null or absent where the system does not say. */
  readonly boot?: string | null;
}

const SUFFIX = '.owner.json';

/** This process. */
export function thisProcess(): Required<ProcessIdentity> {
  return (self ??= { host: hostname(), pid: process.pid, started: startOf(process.pid), boot: bootId() });
}

/** Whether it may still run. Of a process on another host this cannot be known, and it counts as alive. */
export function isAlive({ host, pid, started, boot }: ProcessIdentity): boolean {
  const here = thisProcess();
  if (host !== here.host) return true;
  if (!Number.isInteger(pid) || pid <= 0) return false;
  if (typeof boot === 'string' && here.boot !== null && boot !== here.boot) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    if (errnoOf(error) !== 'EPERM') return false;
  }
  return started === null || started === startOf(pid);
}

/** Signs a temporary path that is about to be made. The signature lies beside it, so that a folder holds only what the stage writes. */
export async function claim(temporary: string): Promise<void> {
  await writeFile(temporary + SUFFIX, JSON.stringify(thisProcess()));
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

/** A path in the folder that no other process uses. Host and process number in it are what is left if signing was interrupted. */
export function temporaryName(purpose: string, random: string): string {
  const { host, pid } = thisProcess();
  return `${purpose}.${hostTag(host)}-${pid}.${random}`;
}

let self: Required<ProcessIdentity> | undefined;

function hostTag(host: string): string {
  return sha256Text(host).slice(0, 6);
}

function ownerByName(name: string): ProcessIdentity {
  const { host } = thisProcess();
  const [tag, pid] = (name.split('.').at(-2) ?? '').split('-');
  const isOthers = /^[0-9a-f]{6}$/.test(tag ?? '') && tag !== hostTag(host);
  return { host: isOthers ? `the host ${String(tag)}` : host, pid: Number(pid), started: null };
}

async function readOwner(path: string): Promise<ProcessIdentity | undefined> {
  try {
    const value = JSON.parse(await readFile(path, 'utf8')) as Partial<ProcessIdentity>;
    if (typeof value.host !== 'string' || typeof value.pid !== 'number') return undefined;
    return { host: value.host, pid: value.pid, started: value.started ?? null, boot: value.boot ?? null };
  } catch {
    // Missing or cut off in the middle: the process died while it signed.
    return undefined;
  }
}

/** Field 22 of `/proc/<pid>/stat` (proc(5)); the name in field 2 may hold spaces. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}
