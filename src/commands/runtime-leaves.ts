import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyLeaves } from '../artifacts/action';
import { THREADS_MATTER } from '../engines/engine';
import type { Program, ProgramOf } from '../pipeline/program';
import { codeOf, type StageCode } from '../pipeline/stage-code';
import { canonicalJson } from '../util/canonical-json';
import { sha256Text } from '../util/sha256';

/** What of this process, the packages and the machine can change a result. */
export interface Runtime {
  /** `20.20.2`. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Version of an installed package; null when it is not there. */
  readonly version: (name: string) => string | null;
  /** Digest of what the addon of an engine was built from and with; undefined for an engine without one. */
  readonly build: (engine: string) => string | undefined;
  /** Of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Training {
  /** Name of the training engine; empty when no step uses one. */
  readonly engine: string;
  /** That a training step gets when it declares none. */
  readonly cores: number;
}

const ONEDNN = '(DNNL|ONEDNN)_(DEFAULT_FPMATH_MODE|MAX_CPU_ISA|CPU_ISA_HINTS)';
/** Variables by engine that a stage inherits without declaring them (`stageEnvironment`), and that make its engine round in other ways. */
const VARIABLES_MATTER: Readonly<Record<string, RegExp>> = {
  onednn: new RegExp(`^${ONEDNN}$`),
  tensorflow: new RegExp(`^(${ONEDNN}|TF_(?!CPP_|FORCE_GPU_)\\w+|XLA_FLAGS|NVIDIA_TF32_OVERRIDE)$`),
};

/**
 * The code of each step and what of the runtime can change its result. A thousand steps of a few stages cost no more than those stages.
 * The result throws UserError `stage-code` for a stage or engine that the build does not know.
 */
export function programsOf(code: StageCode, { engine, cores }: Training, runtime: Runtime): ProgramOf {
  const known = new Map<string, Program>();
  return ({ stage, resources }) => {
    const trainsOn = stage.usesEngine === true ? engine : undefined;
    const threads =
      trainsOn !== undefined && THREADS_MATTER.some(name => name === trainsOn) ? (resources.cpu ?? cores) : undefined;
    const name = `${stage.name} ${threads ?? ''}`;
    const program = known.get(name) ?? programOf(code, { stage: stage.name, engine: trainsOn, threads }, runtime);
    known.set(name, program);
    return program;
  };
}

function programOf(
  code: StageCode,
  { stage, engine, threads }: { stage: string; engine: string | undefined; threads: number | undefined },
  runtime: Runtime,
): Program {
  const { modules, packages } = codeOf(code, stage, engine);
  const build = engine === undefined ? undefined : runtime.build(engine);
  const leaves: KeyLeaves = {
    // V8's mathematics and zlib's output change with it.
    'runtime.node': Number(runtime.node.split('.')[0]),
    // Native packages are other programs there, and round in other ways.
    'runtime.platform': runtime.platform,
    'runtime.arch': runtime.arch,
    ...Object.fromEntries(packages.map(name => [`runtime.libraries.${name}`, runtime.version(name)])),
    ...(engine !== undefined && { 'runtime.engine': engine }),
    // Compiler, flags, oneDNN and the sources that the compiler saw, which may be older than those that lie there.
    ...(build !== undefined && { 'runtime.engine.build': build }),
    ...(threads !== undefined && { 'runtime.threads': threads }),
    ...(engine !== undefined && variablesOf(engine, runtime)),
  };
  return { modules, runtime: leaves };
}

function variablesOf(engine: string, { env }: Runtime): KeyLeaves {
  const matters = VARIABLES_MATTER[engine];
  const leaves: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && matters?.test(name) === true) leaves[`runtime.variables.${name}`] = value;
  }
  return leaves;
}

/** This process and what is installed beside it. */
export function thisRuntime(env: Runtime['env']): Runtime {
  const versions = new Map<string, string | null>();
  return {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    version(name) {
      const version = versions.has(name) ? versions.get(name)! : readVersion(name);
      versions.set(name, version);
      return version;
    },
    build: engine => (engine === 'onednn' ? readBuild() : undefined),
    env,
  };
}

/** Not by `require.resolve`: a package may keep its description to itself, and the look-up takes longer. */
function readVersion(name: string): string | null {
  const text = readUpwards(join('node_modules', name, 'package.json'));
  return text === undefined ? null : ((JSON.parse(text) as { version?: string }).version ?? null);
}

/** Of what native/build.js wrote, but for when that was. */
function readBuild(): string | undefined {
  const text = readUpwards(join('native', 'build', 'build.json'));
  if (text === undefined) return undefined;
  const note = JSON.parse(text) as Record<string, unknown>;
  return `sha256:${sha256Text(canonicalJson({ ...note, time: undefined }))}`;
}

/** The text of a file below this folder or one above it. */
function readUpwards(path: string): string | undefined {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    try {
      return readFileSync(join(folder, path), 'utf8');
    } catch {
      if (folder === dirname(folder)) return undefined;
    }
  }
}
