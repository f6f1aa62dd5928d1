import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Files under a folder that this process holds open. Only Linux tells (proc(5)); elsewhere the list is empty. */
export async function openFilesUnder(folder: string): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const descriptors = await readdir('/proc/self/fd');
  // The descriptor of the listing itself is gone by now.
  const targets = await Promise.all(descriptors.map(fd => readlink(join('/proc/self/fd', fd)).catch(() => '')));
  return targets.filter(target => target.startsWith(folder)).sort();
}
