import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyLeaves } from '../artifacts/action';
import type { Store } from '../artifacts/store';
import type { CheckedStep } from '../configuration/checked-pipeline';
import { canonicalJson } from '../util/canonical-json';
import { makeFolder } from '../util/make-folder';
import { sha256Text } from '../util/sha256';
import { writeAtomically } from '../util/write-atomically';

/** What runs a step: its code and what of the runtime can change its result. */
export interface Program {
  /** Digest by module: every module that the stage can load, by path without ending. */
  readonly modules: Readonly<Record<string, string>>;
  /** `runtime.node`, `runtime.libraries.sharp`, `runtime.engine`, … */
  readonly runtime: KeyLeaves;
}

export type ProgramOf = (step: CheckedStep) => Program;

const digests = new WeakMap<Program['modules'], string>();

/** The leaves of the key that stand for a program. Its modules are one leaf; which of them changed is told from `readModules`. */
export function programLeaves({ modules, runtime }: Program): KeyLeaves {
  return { code: codeDigest(modules), ...runtime };
}

/** Keeps the digests of modules for later comparisons. */
export async function keepModules(store: Store, modules: Program['modules']): Promise<void> {
  const path = fileOf(store, codeDigest(modules));
  if ((await readModulesAt(path)) !== undefined) return;
  await makeFolder(folderOf(store));
  await writeAtomically(path, canonicalJson(modules), `${path}.${store.clock.randomName()}.tmp`);
}

/** Digest by module of the code that a key was made with; undefined when it was not kept or is damaged, which only costs an explanation. */
export async function readModules(store: Store, { code }: KeyLeaves): Promise<Program['modules'] | undefined> {
  if (typeof code !== 'string') return undefined;
  const modules = /^sha256:[0-9a-f]{64}$/.test(code) ? await readModulesAt(fileOf(store, code)) : undefined;
  return modules !== undefined && codeDigest(modules) === code ? modules : undefined;
}

async function readModulesAt(path: string): Promise<Program['modules'] | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Program['modules'];
  } catch {
    return undefined;
  }
}

function codeDigest(modules: Program['modules']): string {
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
