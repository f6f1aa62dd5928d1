import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { join, relative, sep } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/**
 * Digest by module: the first half of the SHA-256 of its text. Modules are named by their path below the root of the build without ending
 * (`src/errors`), addons by their path below the root of the package with it (`native/build/x.node`).
 */
export type Texts = Readonly<Record<string, string>>;

/** What a process is to load: the digest of each module that it may, and null for one that it must not. */
export type ExpectedTexts = Readonly<Record<string, string | null>>;

/** Folder of the compiled modules: `dist`. */
const ROOT = join(__dirname, '..', '..');
/** Folder of the package's addons. */
const ADDONS = join(ROOT, '..', 'native');
/** Name under which the threads of this process find its values. */
const HELD = 'fairdistill.texts';

type Handler = (module: { _compile(text: string, path: string): void }, path: string) => void;
type Extensions = Record<string, Handler>;

const loaded: Record<string, string> = {};
let isWatching = false;

/**
 * From now on every module of the build that this thread loads is digested, and is taken from memory where `holdTexts` holds it. What was
 * loaded before is not seen. A thread of ours must call it by itself.
 */
export function watchLoading(): void {
  if (isWatching) return;
  isWatching = true;
  const extensions = (Module as unknown as { _extensions: Extensions })._extensions;
  const [script, addon] = [extensions['.js']!, extensions['.node']!];
  // Not `require.cache` and the files behind it afterwards: they may have been changed and changed back by then.
  extensions['.js'] = (module, path) => {
    const name = nameOf(path);
    if (name === undefined) {
      script(module, path);
      return;
    }
    const text = held().get(name) ?? readFileSync(path, 'utf8');
    loaded[name] = digestText(text);
    module._compile(text, path);
  };
  extensions['.node'] = (module, path) => {
    if (path.startsWith(ADDONS + sep)) loaded[addonName(path)] = digestText(readFileSync(path));
    addon(module, path);
  };
}

/** What this thread has loaded since it watches. */
export function loadedTexts(): Texts {
  return { ...loaded };
}

/**
 * Reads all modules that are expected, so that this process and the threads that it starts load just these, whatever is built meanwhile.
 * Returns the name of the first that is another one, loaded or on the disk; then nothing is held.
 */
export function holdTexts(expected: ExpectedTexts): string | undefined {
  const changed = changedText(expected, loaded);
  if (changed !== undefined) return changed;
  const texts = new Map<string, string>();
  for (const [name, digest] of modulesIn(expected)) {
    const text = readText(name);
    if (text === undefined || digestText(text) !== digest) return name;
    texts.set(name, text);
  }
  setEnvironmentData(HELD, texts);
  return undefined;
}

/** The first module on the disk that is another one than expected. */
export function changedOnDisk(expected: ExpectedTexts): string | undefined {
  return modulesIn(expected).find(([name, digest]) => digestText(readText(name) ?? '') !== digest)?.[0];
}

/** The first module that is loaded and expected to be another one. */
export function changedText(expected: ExpectedTexts, found: Texts): string | undefined {
  const names = Object.keys(expected).filter(name => expected[name] !== null);
  return names.find(name => found[name] !== undefined && found[name] !== expected[name]);
}

/** The first module that is loaded and must not be. */
export function forbiddenText(expected: ExpectedTexts, found: Texts): string | undefined {
  return Object.keys(expected).find(name => found[name] !== undefined && expected[name] === null);
}

/** Not addons: a library cannot be loaded from memory, and what was loaded is reported at the end. */
function modulesIn(expected: ExpectedTexts): [string, string][] {
  return Object.entries(expected).filter(
    (entry): entry is [string, string] => entry[1] !== null && !entry[0].endsWith('.node'),
  );
}

function addonName(path: string): string {
  return relative(join(ROOT, '..'), path).replaceAll(sep, '/');
}

/** As tools/module-graph.js and native/build.js do it. */
function digestText(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

function held(): ReadonlyMap<string, string> {
  return (getEnvironmentData(HELD) as unknown as ReadonlyMap<string, string> | undefined) ?? new Map<string, string>();
}

function readText(name: string): string | undefined {
  try {
    return readFileSync(`${join(ROOT, ...name.split('/'))}.js`, 'utf8');
  } catch {
    // A build may have removed it.
    return undefined;
  }
}

function nameOf(path: string): string | undefined {
  if (!path.startsWith(ROOT + sep) || !path.endsWith('.js')) return undefined;
  const name = path.slice(ROOT.length + 1, -'.js'.length).replaceAll(sep, '/');
  return name.startsWith('node_modules/') ? undefined : name;
}
