import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { messageOf, UserError } from '../../../errors';
import { sha256Text } from '../../../kit/files/sha256';
import { canonicalJson } from '../../../kit/text/canonical-json';
import type { EngineBuild, Finding } from '../engine';

/** What native/settings.cc exports; the kernels' functions are described beside their kernels. */
export interface Addon {
  /** An array whose content is undefined, on a boundary of cache lines. */
  allocate(count: number): Float32Array;
  setThreads(count: number): void;
  setBf16(isWanted: boolean): void;
  /** Whether this processor has products of bf16. */
  knowsBf16(): boolean;
  /** Of the library that is loaded. */
  onednnVersion(): string;
}

/** What native/build.js wrote about its last run. */
interface BuildNote {
  readonly built: boolean;
  readonly reason?: string;
  readonly enable?: string;
  readonly compiler?: string;
  readonly onednn?: { readonly version: string; readonly place: string };
  /** Version of the oneDNN that was loaded then. */
  readonly loads?: string;
  readonly cpu?: { readonly flags: readonly string[] };
  readonly leftOut?: readonly { readonly source: string; readonly problem: string }[];
}

const REBUILD = 'node native/build.js';
const load = createRequire(__filename);

/** Whether the addon is there and fits this processor. It is not loaded. */
export function findAddon(root = packageRoot()): Finding {
  const note = readNote(root);
  if (!note) return { usable: false, found: 'nothing', missing: 'the addon was never built', enable: REBUILD };
  if (!note.built || !existsSync(addonPath(root))) {
    const missing = note.reason ?? 'the addon was deleted';
    return { usable: false, found: 'nothing', missing, enable: note.enable ?? REBUILD };
  }
  const lacking = missingInstructions(root, note);
  const found = `oneDNN ${note.onednn?.version ?? '?'} (${note.onednn?.place ?? '?'}), built with ${note.compiler ?? '?'}`;
  if (lacking.length > 0) {
    const missing = `it was built for a processor that knows ${lacking.join(', ')}`;
    return { usable: false, found, missing, enable: REBUILD };
  }
  const leftOut = note.leftOut?.map(({ source, problem }) => `${source} did not compile: ${problem}`) ?? [];
  return leftOut.length > 0 ? { usable: true, found, missing: leftOut.join('; ') } : { usable: true, found };
}

/** Throws `UserError` engine-unavailable with the line that enables it. */
export function loadAddon(root = packageRoot()): Addon {
  const finding = findAddon(root);
  if (!finding.usable) {
    throw new UserError(
      `Start engine onednn: ${finding.missing ?? 'it cannot be used'}; run this in ${root}: ${finding.enable ?? REBUILD}`,
      { code: 'engine-unavailable' },
    );
  }
  const addon = open(root);
  refuseOtherLibrary(addon, root);
  return addon;
}

function open(root: string): Addon {
  try {
    return load(addonPath(root)) as Addon;
  } catch (error) {
    throw new UserError(
      `Start engine onednn: ${addonPath(root)} does not load (${messageOf(error).split('\n')[0]!}); ` +
        `run this in ${root}: ${REBUILD}`,
      { code: 'engine-unavailable', cause: error },
    );
  }
}

/** Keys hold the version that the build has noted; another one may add in another order. */
function refuseOtherLibrary(addon: Addon, root: string): void {
  const [noted, found] = [readNote(root)?.loads, addon.onednnVersion()];
  if (noted === undefined || noted === found) return;
  throw new UserError(
    `Start engine onednn: the addon was built with oneDNN ${noted}, and the system gives ${found}; run this in ${root}: ${REBUILD}`,
    { code: 'engine-unavailable' },
  );
}

/** Of what native/build.js wrote, but for when that was, and for the bytes of the library, which say nothing that its sources do not. */
export function readBuild(root = packageRoot()): EngineBuild | undefined {
  const note = readNote(root) as Record<string, unknown> | undefined;
  if (note === undefined) return undefined;
  const { binary } = note;
  const from = `sha256:${sha256Text(canonicalJson({ ...note, time: undefined, binary: undefined }))}`;
  return {
    from,
    binary: typeof binary === 'string' ? { module: 'native/build/onednn.node', digest: binary } : undefined,
  };
}

/** Builds it again; on Debian and Ubuntu, oneDNN's packages are fetched beside it where they are missing. `say` gets the output of the build. */
export function buildAddon(say: (line: string) => void, root = packageRoot()): void {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'native', 'build.js'), '--fetch'], {
    encoding: 'utf8',
  });
  for (const line of `${stdout}${stderr}`.split('\n').filter(text => text !== '')) say(line);
}

/** The folder with package.json, above src/ or dist/src/. */
function packageRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'native', 'build.js')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function addonPath(root: string): string {
  return join(root, 'native', 'build', 'onednn.node');
}

function readNote(root: string): BuildNote | undefined {
  try {
    return JSON.parse(readFileSync(join(root, 'native', 'build', 'build.json'), 'utf8')) as BuildNote;
  } catch {
    return undefined;
  }
}

/** A processor stops the whole process at an instruction that it does not know. */
function missingInstructions(root: string, note: BuildNote): string[] {
  const { cpuOf } = load(join(root, 'native', 'tools', 'cpu.js')) as { cpuOf: () => { flags: string[] } };
  const here = new Set(cpuOf().flags);
  return (note.cpu?.flags ?? []).filter(flag => !here.has(flag));
}
