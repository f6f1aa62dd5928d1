import { readFileSync } from 'node:fs';

/** Version of a package, without loading it. Throws when it is not installed. */
export function installedVersion(name: string, resolve: (request: string) => string = require.resolve): string {
  const { version } = JSON.parse(readFileSync(resolve(`${name}/package.json`), 'utf8')) as { version: string };
  return version;
}
