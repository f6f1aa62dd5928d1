import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyLeaves, Store } from '../store';
import { quarantine } from '../store/upkeep/quarantine';
import type { CheckedStep } from '../configuration/checked-pipeline';
import { canonicalJson } from '../../kit/text/canonical-json';
import { errnoOf } from '../../kit/files/errno';
import { FILE_ONLY } from '../../kit/files/file-only';
import type { ExpectedTexts } from '../../kit/loaded-code';
import { makeFolder } from '../../kit/files/make-folder';
import { sha256Text } from '../../kit/files/sha256';
import { writeAtomically } from '../../kit/files/write-atomically';

/** What runs a step: its code and what of the runtime can change its result. */
export interface Program {
  /** Digest by module: every module that the stage can load, by path without ending; and the versions of every package (`node_modules/sharp`). */
  readonly modules: Readonly<Record<string, string>>;
  /** The modules that a process must load to run it, as far as known: digest of the text by module. */
  readonly texts?: ExpectedTexts | undefined;
  /** `runtime.node`, `runtime.libraries.sharp`, `runtime.engine`, … */
  readonly runtime: KeyLeaves;
  /** What draws the pictures of its results, for a stage that has some; no part of the key. */
  readonly pictures?: PicturesProgram | undefined;
}

/** The code that draws pictures. */
export interface PicturesProgram {
  /** Of its modules and packages: `sha256:<hex>`. */
  readonly digest: string;
  readonly texts?: ExpectedTexts | undefined;
}

export type ProgramOf = (step: Pick<CheckedStep, 'stage' | 'options' | 'resources'>) => Program;

const digests = new WeakMap<Program['modules'], string>();

/** The leaves of the key that stand for a program. Its modules are one leaf; `readModules` shows which of them changed. */
export function programLeaves({ modules, runtime }: Program): KeyLeaves {
  return { code: codeDigest(modules), ...runtime };
}

/**
 * Keeps the digests of modules for later comparisons. What is kept under their name and is something else is moved to quarantine. Never rejects:
 * without them nothing is lost but an explanation.
 */
export async function keepModules(store: Store, modules: Program['modules']): Promise<void> {
  const code = codeDigest(modules);
  const path = fileOf(store, code);
  try {
    // Read each time: it is small, and a look at its times would trust what may be damaged.
    const kept = await readModulesAt(path, code);
    if (typeof kept === 'object') return;
    if (kept !== undefined)
      await quarantine(store, { path, expected: 'digests of modules, named by their own digest', found: kept });
    await makeFolder(folderOf(store));
    await writeAtomically(path, canonicalJson(modules), `${path}.${store.clock.randomName()}.tmp`);
  } catch {
    // The commit that follows says what is wrong with the disk.
  }
}

/** Digest by module of the code that a key was made with; undefined when it was not kept or is damaged, which only costs an explanation. */
export async function readModules(store: Store, { code }: KeyLeaves): Promise<Program['modules'] | undefined> {
  if (typeof code !== 'string' || !/^sha256:[0-9a-f]{64}$/.test(code)) return undefined;
  const found = await readModulesAt(fileOf(store, code), code).catch(() => undefined);
  return typeof found === 'object' ? found : undefined;
}

/** Undefined when there is nothing; a sentence that says what is wrong with what is there. */
async function readModulesAt(path: string, code: string): Promise<Program['modules'] | string | undefined> {
  try {
    const modules = JSON.parse(await readFile(path, { encoding: 'utf8', flag: FILE_ONLY })) as Program['modules'];
    const digest = `sha256:${sha256Text(canonicalJson(modules))}`;
    return digest === code ? modules : `it has the digest ${digest}`;
  } catch (error) {
    if (error instanceof SyntaxError) return 'it is not JSON';
    if (errnoOf(error) === 'ENOENT') return undefined;
    if (['EISDIR', 'ELOOP'].includes(errnoOf(error) ?? '')) return 'it is not a file';
    throw error;
  }
}

/** One digest for all modules and packages. */
export function codeDigest(modules: Program['modules']): string {
  const known = digests.get(modules);
  if (known !== undefined) return known;
  const digest = `sha256:${sha256Text(canonicalJson(modules))}`;
  digests.set(modules, digest);
  return digest;
}

function folderOf({ objects }: Store): string {
  return join(objects, '..', 'code');
}

function fileOf(store: Store, code: string): string {
  return join(folderOf(store), `${code.slice('sha256:'.length)}.json`);
}
