import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyLeaves } from '../../workflow/store/actions/action';
import { THREADS_MATTER } from '../../learning/engines/engine';
import { codeDigest, type PicturesProgram, type Program, type ProgramOf } from '../../workflow/keys/program';
import { codeOf, picturesCodeOf, type CodePart, type StageCode } from '../../workflow/keys/stage-code';
import { canonicalJson } from '../../kit/text/canonical-json';
import { ADDON, type Texts } from '../../kit/loaded-code';
import { sha256Text } from '../../kit/files/sha256';
import { flagsThatMatter, joinFlags, splitNodeOptions } from '../../workflow/keys/node-flags';
import { openPackages, type Versions } from '../../workflow/keys/installed-packages';
import { readProcessor, type Processor } from '../../workflow/keys/processor';

/** What of this process, the packages and the machine can change a result. */
export interface Runtime {
  /** `20.20.2`. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Versions of an installed package and of all that it needs, by name; empty when it is not there. */
  readonly packages: (name: string) => Versions;
  /** What the addon of an engine was built from and with; undefined for an engine without one. */
  readonly build: (engine: string) => AddonBuild | undefined;
  readonly processor: () => Processor;
  /** Of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Arguments of Node itself, which every stage gets. */
  readonly flags: readonly string[];
}

/** Digests. */
export interface AddonBuild {
  /** Of sources, compiler, flags and libraries. */
  readonly from: string;
  /** Of the library that came out, as `Texts` has it; undefined for one of an earlier version. */
  readonly binary: string | undefined;
}

export interface Training {
  /** Name of the training engine; empty when no step uses one. */
  readonly engine: string;
  /** That a training step gets when it declares none. */
  readonly cores: number;
}

const ONEDNN = '(DNNL|ONEDNN)_(?!VERBOSE|JIT_DUMP|JIT_PROFILE|PRIMITIVE_CACHE)\\w+';
/** Limits and parts of threads, by which sums are cut; not where threads lie, how they wait, and what is told. */
const openmp = (...others: string[]): string => {
  const silent = [
    'DISPLAY_',
    'PROC_BIND',
    'PLACES',
    'WAIT_POLICY',
    'STACKSIZE',
    'AFFINITY',
    'BLOCKTIME',
    'SETTINGS',
    'WARNINGS',
    'VERSION',
  ];
  return `(OMP|KMP)_(?!${[...silent, ...others].join('|')})\\w+`;
};
/**
 * Variables by which the system's loader or Node takes code from elsewhere into every stage, whatever it does. Not the paths on which it looks
 * for libraries (`LD_LIBRARY_PATH`): equal ones lie elsewhere on each machine.
 */
const LOAD_CODE = /^(LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|DYLD_IMAGE_SUFFIX|NODE_PATH|NODE_ICU_DATA)$/;
/** Variables by engine that a stage inherits without declaring them (`stageEnvironment`), and that make its engine round in other ways. */
const VARIABLES_MATTER: Readonly<Record<string, RegExp>> = {
  // The addon sets the number of threads itself, and that it is not dynamic (native/settings.cc).
  onednn: new RegExp(`^(${ONEDNN}|${openmp('NUM_THREADS$', 'DYNAMIC$')})$`),
  tensorflow: new RegExp(`^(${ONEDNN}|${openmp()}|TF_(?!CPP_|FORCE_GPU_)\\w+|XLA_FLAGS|NVIDIA_TF32_OVERRIDE)$`),
  // By them another device is taken, or its emulation.
  webgpu: /^(VK|MESA|LP)_\w+$/,
};

/** Engines and packages that choose their code by the processor that they find, each with other roundings. */
const CHOOSE_BY_PROCESSOR: readonly string[] = ['onednn', 'tensorflow', 'onnxruntime-node'];
/** Those of them that cut sums by the sizes of its caches. */
const CUT_BY_CACHES: readonly string[] = ['onednn', 'tensorflow'];

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
    const program = known.get(name) ?? {
      ...programOf(code, { stage: stage.name, engine: trainsOn, threads }, runtime),
      ...(stage.pictures !== undefined && { pictures: picturesProgram(code, stage.name, runtime) }),
    };
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
  const each = packages.map(name => [name, runtime.packages(name)] as const);
  const uses = (list: readonly string[]): boolean => [engine, ...packages].some(name => list.includes(name ?? ''));
  const leaves: KeyLeaves = {
    // V8's mathematics and zlib's output change with it.
    'runtime.node': Number(runtime.node.split('.')[0]),
    // Native packages are other programs there, and round in other ways.
    'runtime.platform': runtime.platform,
    'runtime.arch': runtime.arch,
    ...(uses(CHOOSE_BY_PROCESSOR) && { 'runtime.instructions': runtime.processor().instructions }),
    ...(uses(CUT_BY_CACHES) && { 'runtime.caches': runtime.processor().caches }),
    ...Object.fromEntries(each.map(([name, versions]) => [`runtime.libraries.${name}`, versions[name] ?? null])),
    ...(engine !== undefined && { 'runtime.engine': engine }),
    // Compiler, flags, oneDNN and the sources that the compiler saw, which may be older than those that lie there.
    ...(build !== undefined && { 'runtime.engine.build': build.from }),
    ...(threads !== undefined && { 'runtime.threads': threads }),
    ...variablesOf(engine, runtime),
    ...flagsOf(runtime),
  };
  const addon: Texts = build?.binary === undefined ? {} : { [ADDON]: build.binary };
  return {
    modules: { ...modules, ...joined(each.map(([, versions]) => versions)) },
    runtime: leaves,
    texts: { ...textsOf(code, modules), ...addon },
  };
}

function picturesProgram(code: StageCode, stage: string, runtime: Runtime): PicturesProgram {
  const { modules, packages } = picturesCodeOf(code, stage);
  const versions = joined(packages.map(name => runtime.packages(name)));
  return { digest: codeDigest({ ...modules, ...versions }), texts: textsOf(code, modules) };
}

function textsOf(code: StageCode, modules: CodePart['modules']): Texts {
  const known = Object.keys(modules).filter(name => Object.hasOwn(code.texts, name));
  return Object.fromEntries(known.map(name => [name, code.texts[name]!]));
}

/** All packages that some need, by where they lie, so that no name is that of a module. */
function joined(each: readonly Versions[]): Versions {
  const all = new Map<string, Set<string>>();
  for (const versions of each) {
    for (const [name, version] of Object.entries(versions)) {
      all.set(name, new Set([...(all.get(name) ?? []), ...version.split(' ')]));
    }
  }
  return Object.fromEntries([...all].map(([name, found]) => [`node_modules/${name}`, [...found].sort().join(' ')]));
}

function variablesOf(engine: string | undefined, { env }: Runtime): KeyLeaves {
  const ofEngine = engine === undefined ? undefined : VARIABLES_MATTER[engine];
  const leaves: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    // To the loader and to Node, an empty one is as none.
    const matters = LOAD_CODE.test(name) ? value !== '' : ofEngine?.test(name) === true;
    if (value !== undefined && matters) leaves[`runtime.variables.${name}`] = value;
  }
  return leaves;
}

/** From the environment and from the command line: `node --require x.js bin/pipeline.js`. */
function flagsOf({ env, flags }: Runtime): KeyLeaves {
  const matter = {
    'runtime.variables.NODE_OPTIONS': flagsThatMatter(splitNodeOptions(env['NODE_OPTIONS'] ?? '')),
    'runtime.flags': flagsThatMatter(flags),
  };
  const some = Object.entries(matter).filter(([, args]) => args.length > 0);
  return Object.fromEntries(some.map(([leaf, args]) => [leaf, joinFlags(args)]));
}

/** This process and what is installed beside it, each looked at once. */
export function thisRuntime(env: Runtime['env']): Runtime {
  const look = openPackages(__dirname, env);
  const known = new Map<string, Versions>();
  let processor: Processor | undefined;
  return {
    node: process.versions.node,
    platform: process.platform,
    arch: process.arch,
    packages(name) {
      const versions = known.get(name) ?? look(name);
      known.set(name, versions);
      return versions;
    },
    build: engine => (engine === 'onednn' ? readBuild() : undefined),
    processor: () => (processor ??= readProcessor()),
    env,
    flags: process.execArgv,
  };
}

/** Of what native/build.js wrote, but for when that was, and for the octets of the library, which say nothing that its sources do not. */
function readBuild(): AddonBuild | undefined {
  const text = readUpwards(join('native', 'build', 'build.json'));
  if (text === undefined) return undefined;
  const note = JSON.parse(text) as Record<string, unknown>;
  const { binary } = note;
  const from = `sha256:${sha256Text(canonicalJson({ ...note, time: undefined, binary: undefined }))}`;
  return { from, binary: typeof binary === 'string' ? binary : undefined };
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
