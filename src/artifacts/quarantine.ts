import { readdirSync, readFileSync } from 'node:fs';
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

/** What was wrong with the result of a key that lies in quarantine now; undefined when none does, or its report cannot be read. */
export function quarantinedResult(store: Store, key: string): string | undefined {
  try {
    const reports = readdirSync(store.quarantine).filter(name => name.startsWith(`${key}.json.`) && name.endsWith('.txt'));
    const [report] = reports;
    if (report === undefined) return undefined;
    return /^found: (.*)$/m.exec(readFileSync(join(store.quarantine, report), 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
