import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { appendFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { errnoOf } from '../../../kit/files/errno';
import { makeFolder } from '../../../kit/files/make-folder';
import { rename } from '../../../kit/files/rename';
import type { Store } from '../layout';

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

/** The damage of a key's result that is in quarantine and was not made again since; undefined when there is none, or its report cannot be read. */
export function quarantinedResult(store: Store, key: string): string | undefined {
  try {
    for (const path of reportsOf(store, key)) {
      const report = readFileSync(path, 'utf8');
      if (!report.includes(SETTLED)) return /^found: (.*)$/m.exec(report)?.[1];
    }
  } catch {
    // The report is lost.
  }
  return undefined;
}

/** Notes in the reports of a key that its result was made again: what becomes of that one has nothing to do with them. */
export async function settleQuarantine(store: Store, key: string): Promise<void> {
  try {
    for (const path of reportsOf(store, key)) {
      if (readFileSync(path, 'utf8').includes(SETTLED)) continue;
      await appendFile(path, `${SETTLED}${new Date(store.clock.now()).toISOString()}\n`);
    }
  } catch {
    // The result is stored already; a wrong reason later does less harm than a failed stage.
  }
}

const SETTLED = 'made again: ';

function reportsOf(store: Store, key: string): string[] {
  if (!existsSync(store.quarantine)) return [];
  const names = readdirSync(store.quarantine).filter(name => name.startsWith(`${key}.json.`) && name.endsWith('.txt'));
  return names.map(name => join(store.quarantine, name));
}
