import { readFileSync } from 'node:fs';
import { EXIT, UserError, messageOf } from '../../errors';

/** What the build knows about the code: `stage-code.json`, written by tools/digest-stages.js. */
export interface StageCode {
  /** By name of the stage. */
  readonly stages: Readonly<Record<string, StagePart>>;
  /** By name of the training engine: what is reached through it alone. */
  readonly engines: Readonly<Record<string, CodePart>>;
  /** Digest by module of the very text that a process must load, comments included. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Everything that is loaded for one purpose. */
export interface CodePart {
  /** Digest by module; comments and formatting do not count in it. Modules are named by their path without ending. */
  readonly modules: Readonly<Record<string, string>>;
  /** Names of packages that the modules import. */
  readonly packages: readonly string[];
  /** Digest of the sources that are not JavaScript. */
  readonly native?: string;
}

/** What a stage runs. What its pictures are drawn by is reached otherwise, and is no part of it. */
export interface StagePart extends CodePart {
  readonly pictures?: CodePart;
}

/** Reads what the build has written. Throws UserError `stage-code`: without it no key can be told, and a guess could be a wrong hit. */
export function readStageCode(path: string): StageCode {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isMap(value) && isMap(value.stages) && isMap(value.engines) && isMap(value.texts)) {
      const stages = Object.values(value.stages);
      const pictures = stages.flatMap(stage => (isMap(stage) && stage.pictures !== undefined ? [stage.pictures] : []));
      const parts = [...stages, ...pictures, ...Object.values(value.engines)];
      if (parts.every(isPart) && Object.values(value.texts).every(text => typeof text === 'string'))
        return value as unknown as StageCode;
    }
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
  throw unreadable(path, 'it is not what the build writes');
}

/**
 * What a stage runs: digest by module, and the packages. With an engine, what that runs too. The same object for the same arguments.
 * Throws UserError `stage-code` for a stage or engine that the build does not know.
 */
export function codeOf(code: StageCode, stage: string, engine?: string): CodePart {
  const known = joined.get(code) ?? new Map<string, CodePart>();
  joined.set(code, known);
  const name = `${stage} ${engine ?? ''}`;
  const part =
    known.get(name) ??
    join(partOf(code.stages, stage), engine === undefined ? undefined : partOf(code.engines, engine));
  known.set(name, part);
  return part;
}

/** What draws the pictures of a stage. Throws UserError `stage-code` when the build knows of none. */
export function picturesCodeOf(code: StageCode, stage: string): CodePart {
  const { pictures } = partOf(code.stages, stage);
  if (pictures === undefined) throw olderBuild(`the pictures of ${stage}`);
  return pictures;
}

const joined = new WeakMap<StageCode, Map<string, CodePart>>();

function join(stage: CodePart, engine?: CodePart): CodePart {
  if (!engine) return stage;
  return {
    modules: { ...stage.modules, ...engine.modules, ...(engine.native !== undefined && { native: engine.native }) },
    packages: [...new Set([...stage.packages, ...engine.packages])].sort(),
  };
}

function partOf<Part extends CodePart>(parts: Readonly<Record<string, Part>>, name: string): Part {
  if (Object.hasOwn(parts, name)) return parts[name]!;
  throw olderBuild(name);
}

function olderBuild(name: string): UserError {
  return new UserError(`Cannot tell what "${name}" runs: the build is older than the code; run \`npm run build\``, {
    code: 'stage-code',
    exit: EXIT.configuration,
  });
}

function isPart(value: unknown): boolean {
  if (!isMap(value) || !isMap(value.modules) || !Array.isArray(value.packages)) return false;
  const texts = [...Object.values(value.modules), ...(value.packages as unknown[])];
  return texts.every(text => typeof text === 'string') && ['string', 'undefined'].includes(typeof value.native);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function unreadable(path: string, found: string, cause?: unknown): UserError {
  return new UserError(`Cannot tell which code the stages run: ${path}: ${found}; run \`npm run build\``, {
    code: 'stage-code',
    exit: EXIT.configuration,
    cause,
  });
}
