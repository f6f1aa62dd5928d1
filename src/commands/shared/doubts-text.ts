import { statSync } from 'node:fs';
import { doubtfulFileSystem } from '../../kit/files/file-times';

/** A warning for each file system below the paths whose times do not show every change; empty where all do. Paths that are not there are passed over. */
export function doubtsText(paths: readonly string[]): string {
  const byKind = new Map<string, string[]>();
  for (const path of new Set(paths)) {
    const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
    const kind = stat === undefined ? undefined : doubtfulFileSystem(path, stat.dev);
    if (kind !== undefined) byKind.set(kind, [...(byKind.get(kind) ?? []), path]);
  }
  return [...byKind]
    .map(([kind, [first, ...more]]) => {
      const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
      return (
        `Warning: ${first!}${others} is on ${kind}, where a file can change although its times do not: everything there is read again each ` +
        'time, which takes longer; use another file system if that matters\n'
      );
    })
    .join('');
}
