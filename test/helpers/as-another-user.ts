import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Does the work as somebody whom permissions hold for: not as the superuser. */
export async function asAnotherUser<T>(work: () => Promise<T>): Promise<T> {
  const isSuperuser = process.getuid!() === 0;
  if (isSuperuser) process.seteuid!(65534);
  try {
    return await work();
  } finally {
    if (isSuperuser) process.seteuid!(0);
  }
}

/** Lets everybody read and write what lies there. */
export function openToAll(path: string): void {
  const isFolder = lstatSync(path).isDirectory();
  chmodSync(path, isFolder ? 0o777 : 0o666);
  if (isFolder) for (const name of readdirSync(path)) openToAll(join(path, name));
}
