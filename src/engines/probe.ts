import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Longer than a first load from a cold disk takes. */
const LONGEST_MS = 60_000;

/**
 * Why a package does not load, or undefined when it does. Tried in a process of its own, because a native library that does not
 * fit the machine can end the process; remembered in `notes` until the package or Node changes, because trying takes seconds.
 */
export function whyNotLoading(packageName: string, notes: string): string | undefined {
  const file = join(notes, 'engine-probe.json');
  const subject = `${packageName} ${statSync(require.resolve(`${packageName}/package.json`)).mtimeMs} ${process.version}`;
  const known = readNote(file);
  if (known?.subject === subject) return known.problem ?? undefined;
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(packageName)})`], {
    cwd: __dirname,
    timeout: LONGEST_MS,
    encoding: 'utf8',
  });
  const problem = status === 0 ? null : (/^\w*Error: .*$/m.exec(stderr)?.[0] ?? signal ?? `exit code ${status ?? '?'}`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ subject, problem }));
  return problem ?? undefined;
}

function readNote(file: string): { subject?: unknown; problem?: string | null } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { subject?: unknown; problem?: string | null };
  } catch {
    return undefined;
  }
}
