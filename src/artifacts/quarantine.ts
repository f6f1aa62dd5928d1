import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { errnoOf } from '../util/errno';
import { makeFolder } from '../util/make-folder';
import type { Store } from './layout';

/** What was wrong with something in the store. */
export interface Damage {
  /** Absolute path of what is moved away. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
}

/**
 * Moves something damaged out of the way, with a report beside it. Never removes anything. Resolves to its place in quarantine, or
 * undefined when another process was faster.
 */
export async function quarantine(store: Store, { path, expected, found }: Damage): Promise<string | undefined> {
  const place = join(store.quarantine, `${basename(path)}.${store.clock.randomName()}`);
  const report = [
    `time: ${new Date(store.clock.now()).toISOString()}`,
    `was: ${relative(store.root, path)}`,
    `expected: ${expected}`,
    `found: ${found}`,
  ];
  await makeFolder(store.quarantine);
  // Before the move, because nothing may be there that nobody can explain.
  await writeFile(`${place}.txt`, report.join('\n') + '\n');
  try {
    await rename(path, place);
    return place;
  } catch (error) {
    await rm(`${place}.txt`, { force: true });
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
