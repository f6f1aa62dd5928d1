import type { KeyLeaves } from '../store/actions/action';
import type { AnyStage } from '../../stage';
import { namedMembers } from './named-members';
import { codeDigest, type PicturesProgram, type Program, type ProgramOf } from './program';
import { codeOf, picturesCodeOf, type CodeOfStep, type Members, type StageCode } from './stage-code';
import { flagsThatMatter, joinFlags, splitNodeOptions } from './node-flags';
import { openPackages, type Versions } from './installed-packages';
import { readProcessor, type Processor } from './processor';

/** The facts about this process, the packages and the machine that can change a result. */
export interface Runtime {
  /** `20.20.2`. */
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  /** Versions of an installed package and of all that it needs, by name; empty when it is not there. */
  readonly packages: (name: string) => Versions;
  readonly processor: () => Processor;
  /** Of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Arguments of Node itself, which every stage gets. */
  readonly flags: readonly string[];
}

/** What an engine says of itself: what of the machine changes its results. */
export interface EngineFacts {
  readonly threads: boolean;
  readonly processor: boolean;
  readonly caches: boolean;
  readonly variables?: RegExp;
  readonly build?: () =>
    | { readonly from: string; readonly binary: { readonly module: string; readonly digest: string } | undefined }
    | undefined;
}

export interface Training {
  /** The training engine; undefined when no step uses one. */
  readonly engine?: { readonly name: string; readonly facts: EngineFacts };
  /** Cores that a training step gets when it declares none. */
  readonly cores: number;
}

/**
 * Variables by which the system's loader or Node takes code from elsewhere into every stage, whatever it does. Not the paths on which it looks for
 * libraries (`LD_LIBRARY_PATH`): their places differ between machines.
 */
const LOAD_CODE = /^(LD_PRELOAD|LD_AUDIT|DYLD_INSERT_LIBRARIES|DYLD_IMAGE_SUFFIX|NODE_PATH|NODE_ICU_DATA)$/;
/** Packages that choose their code by the processor that they find, each with other roundings. */
const CHOOSE_BY_PROCESSOR: readonly string[] = ['onnxruntime-node'];

/**
 * The code of each step and what of the runtime can change its result. A thousand steps of a few stages cost no more than those stages.
 * The result throws UserError `stage-code` for a stage or engine that the build does not know.
 */
export function programsOf(code: StageCode, { engine, cores }: Training, runtime: Runtime): ProgramOf {
  const known = new Map<string, Program>();
  return ({ stage, options, resources }) => {
    const trainsOn = stage.usesEngine === true ? engine : undefined;
    const threads = trainsOn?.facts.threads === true ? (resources.cpu ?? cores) : undefined;
    const members = membersOf(stage, options, trainsOn?.name);
    const name = JSON.stringify([stage.name, threads ?? null, members]);
    const program = known.get(name) ?? {
      ...programOf(codeOf(code, stage.name, members), { engine: trainsOn, threads }, runtime),
      ...(stage.pictures !== undefined && { pictures: picturesProgram(picturesCodeOf(code, stage.name), runtime) }),
    };
    known.set(name, program);
    return program;
  };
}

/** The members of families that a step uses: those that its options name, and the engine that it trains on. */
function membersOf(
  { options: schema }: AnyStage,
  options: Readonly<Record<string, unknown>>,
  engine: string | undefined,
): Members {
  const named = namedMembers(schema, options);
  return engine === undefined
    ? named
    : { ...named, engines: [...new Set([...(named['engines'] ?? []), engine])].sort() };
}

function programOf(
  { modules, packages, texts }: CodeOfStep,
  { engine, threads }: { engine: Training['engine']; threads: number | undefined },
  runtime: Runtime,
): Program {
  const build = engine?.facts.build?.();
  const each = packages.map(name => [name, runtime.packages(name)] as const);
  const byProcessor = engine?.facts.processor === true || packages.some(name => CHOOSE_BY_PROCESSOR.includes(name));
  const leaves: KeyLeaves = {
    // V8's mathematics and zlib's output change with it.
    'runtime.node': Number(runtime.node.split('.')[0]),
    // Native packages are other programs there, and round in other ways.
    'runtime.platform': runtime.platform,
    'runtime.arch': runtime.arch,
    ...(byProcessor && { 'runtime.instructions': runtime.processor().instructions }),
    ...(engine?.facts.caches === true && { 'runtime.caches': runtime.processor().caches }),
    ...Object.fromEntries(each.map(([name, versions]) => [`runtime.libraries.${name}`, versions[name] ?? null])),
    ...(engine !== undefined && { 'runtime.engine': engine.name }),
    // Compiler, flags, libraries and the sources that the compiler saw, which may be older than those on disk.
    ...(build !== undefined && { 'runtime.engine.build': build.from }),
    ...(threads !== undefined && { 'runtime.threads': threads }),
    ...variablesOf(engine?.facts.variables, runtime),
    ...flagsOf(runtime),
  };
  const { binary } = build ?? {};
  return {
    modules: { ...modules, ...joined(each.map(([, versions]) => versions)) },
    runtime: leaves,
    texts: { ...texts, ...(binary !== undefined && { [binary.module]: binary.digest }) },
  };
}

function picturesProgram({ modules, packages, texts }: CodeOfStep, runtime: Runtime): PicturesProgram {
  const versions = joined(packages.map(name => runtime.packages(name)));
  return { digest: codeDigest({ ...modules, ...versions }), texts };
}

/** All packages that some need, by path, so that no name equals that of a module. */
function joined(each: readonly Versions[]): Versions {
  const all = new Map<string, Set<string>>();
  for (const versions of each) {
    for (const [name, version] of Object.entries(versions)) {
      all.set(name, new Set([...(all.get(name) ?? []), ...version.split(' ')]));
    }
  }
  return Object.fromEntries([...all].map(([name, found]) => [`node_modules/${name}`, [...found].sort().join(' ')]));
}

function variablesOf(ofEngine: RegExp | undefined, { env }: Runtime): KeyLeaves {
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
    processor: () => (processor ??= readProcessor()),
    env,
    flags: process.execArgv,
  };
}
