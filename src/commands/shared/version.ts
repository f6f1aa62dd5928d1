import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Version of the package that this file belongs to, compiled or not. */
export function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const found = versionIn(join(folder, 'package.json'));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) return 'unknown';
  }
}

function versionIn(path: string): string | undefined {
  try {
    const content = JSON.parse(readFileSync(path, 'utf8')) as { name?: unknown; version?: unknown };
    return content.name === 'fairdistill' && typeof content.version === 'string' ? content.version : undefined;
  } catch {
    return undefined;
  }
}
