import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sha256Bytes } from '../../kit/files/sha256';
import { systemLibraries } from './system-libraries';

/** Versions by name of a package; several of one name with spaces between, sorted. */
export type Versions = Readonly<Record<string, string>>;

interface Description {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

interface Found {
  /** Absolute, without links. */
  readonly home: string;
  readonly description: Description;
}

/** Where packages that are compiled at installation put what they run then: node-gyp's place, and that of sharp. */
const COMPILED = [
  ['build', 'Release'],
  ['src', 'build', 'Release'],
];

/**
 * A package with everything that it may load, found as Node finds it from `folder` upwards: nested packages, and optional ones where they are
 * installed. Empty when the package itself is not there. What was compiled on this machine counts by its content, with the libraries of the
 * system that it is known to load. Reads one small file for each package, once.
 * @param env of the processes that load them
 */
export function openPackages(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): (name: string) => Versions {
  const places = new Map<string, boolean>();
  const known = new Map<string, Found | undefined>();
  const find = (name: string, from: string): Found | undefined => {
    const place = `${name}\n${from}`;
    if (!known.has(place)) known.set(place, findUpwards(name, from, places));
    return known.get(place);
  };
  const compiled = new Map<string, readonly (readonly [string, string])[]>();
  const compiledOnce = (name: string, home: string): readonly (readonly [string, string])[] => {
    const digests = compiled.get(home) ?? compiledIn(name, home, env);
    compiled.set(home, digests);
    return digests;
  };
  return name => {
    const versions = new Map<string, Set<string>>();
    const seen = new Set<string>();
    const add = (what: string, version: string): void => {
      versions.set(what, (versions.get(what) ?? new Set()).add(version));
    };
    const visit = (wanted: string, from: string): void => {
      const found = find(wanted, from);
      if (found === undefined || seen.has(found.home)) return;
      const { home, description } = found;
      seen.add(home);
      add(wanted, description.version ?? 'none');
      for (const [what, digest] of compiledOnce(wanted, home)) add(what, digest);
      const { dependencies, optionalDependencies, peerDependencies } = description;
      const needs = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
      // Types are not run.
      for (const need of needs) if (!need.startsWith('@types/')) visit(need, home);
    };
    visit(name, folder);
    return Object.fromEntries([...versions].map(([what, all]) => [what, [...all].sort().join(' ')]));
  };
}

/** Asks for a package only in folders that are there: what is looked for in vain costs more than what is found. */
function findUpwards(name: string, from: string, places: Map<string, boolean>): Found | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules');
    const isThere = places.get(packages) ?? (basename(folder) !== 'node_modules' && existsSync(packages));
    places.set(packages, isThere);
    const found = isThere ? readPackage(join(packages, name)) : undefined;
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

function readPackage(place: string): Found | undefined {
  const path = join(place, 'package.json');
  if (!existsSync(path)) return undefined;
  try {
    const description = JSON.parse(readFileSync(path, 'utf8')) as Description;
    // Some installers make links, and Node resolves them first.
    return { home: realpathSync.native(place), description };
  } catch {
    return undefined;
  }
}

function compiledIn(
  name: string,
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): (readonly [string, string])[] {
  const addons = COMPILED.flatMap(parts => addonsIn(join(home, ...parts)));
  if (addons.length === 0) return [];
  const own = addons.map(path => [`${name} (compiled here)`, sha256Bytes(readFileSync(path))] as const);
  return [...own, ...systemLibraries(name, env)];
}

function addonsIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder)
      .filter(file => file.endsWith('.node'))
      .map(file => join(folder, file));
  } catch {
    return [];
  }
}
