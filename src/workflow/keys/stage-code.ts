import { readFileSync } from 'node:fs';
import { EXIT, UserError, messageOf } from '../../errors';
import type { ExpectedTexts } from '../../kit/loaded-code';

/** What the build knows about the code: `stage-code.json`, written by tools/digest-stages.js. */
export interface StageCode {
  /** By name of the stage: what it reaches, but for members of families. */
  readonly stages: Readonly<Record<string, StagePart>>;
  /** By kind of a family and name of a member: what is reached through that member alone. */
  readonly families: Readonly<Record<string, Readonly<Record<string, MemberPart>>>>;
  /** Digest by module of the very text that a process must load, comments included. */
  readonly texts: Readonly<Record<string, string>>;
}

/** Everything that is loaded for one purpose. */
export interface CodePart {
  /** Digest by module, the one that is loaded first before the others; comments and formatting do not count in it. Modules are named by their path without ending. */
  readonly modules: Readonly<Record<string, string>>;
  /** Names of packages that the modules import. */
  readonly packages: readonly string[];
  /** By kind of a family that is reached: the module that lists it, which counts in no key. */
  readonly lists: Readonly<Record<string, string>>;
  /** Digest of the sources that are not JavaScript. */
  readonly native?: string;
}

/** What a member of a family runs. */
export interface MemberPart extends CodePart {
  /** Whether its list loads it alone, when it is asked for. */
  readonly late?: boolean;
}

/** What a stage runs. What its pictures are drawn by is reached otherwise, and is no part of it. */
export interface StagePart extends CodePart {
  readonly pictures?: CodePart;
}

/** By kind of a family: the members that a step names. */
export type Members = Readonly<Record<string, readonly string[]>>;

/** What one step runs. */
export interface CodeOfStep {
  readonly modules: Readonly<Record<string, string>>;
  readonly packages: readonly string[];
  /**
   * Digest by module of the text that a process must load: of the modules above, and of the lists of families. Null by module for the members
   * that do not count, of those that are loaded alone; others are loaded with their list, whether a stage uses them or not.
   */
  readonly texts: ExpectedTexts;
}

/** Reads what the build has written. Throws UserError `stage-code`: without it no key is known, and a guess could be a wrong hit. */
export function readStageCode(path: string): StageCode {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isMap(value) && isMap(value.stages) && isMap(value.families) && isMap(value.texts)) {
      const families = Object.values(value.families);
      const stages = Object.values(value.stages);
      const pictures = stages.flatMap(stage => (isMap(stage) && stage.pictures !== undefined ? [stage.pictures] : []));
      const parts = [...stages, ...pictures, ...families.flatMap(one => (isMap(one) ? Object.values(one) : [one]))];
      if (parts.every(isPart) && Object.values(value.texts).every(text => typeof text === 'string'))
        return value as unknown as StageCode;
    }
  } catch (error) {
    throw unreadable(path, messageOf(error), error);
  }
  throw unreadable(path, 'it is not what the build writes');
}

/**
 * What a step runs: the code that its stage reaches, and that of the members that it names. Of a family that is reached and of which nothing is
 * named, every member counts: which one is used shows only when it runs. Throws UserError `stage-code` for a stage or member that the build
 * does not know.
 */
export function codeOf(code: StageCode, stage: string, members: Members): CodeOfStep {
  return codeFrom(code, partOf(code.stages, stage), members);
}

/** What draws the pictures of a stage, whatever its options are. Throws UserError `stage-code` when the build knows of none. */
export function picturesCodeOf(code: StageCode, stage: string): CodeOfStep {
  const { pictures } = partOf(code.stages, stage);
  if (pictures === undefined) throw olderBuild(`the pictures of ${stage}`);
  return codeFrom(code, pictures, {});
}

function codeFrom(code: StageCode, entry: CodePart, members: Members): CodeOfStep {
  const parts = [entry];
  const counted = new Set<string>();
  const others: MemberPart[] = [];
  // What a member reaches may be another family.
  for (const part of parts) {
    for (const kind of Object.keys(part.lists).filter(each => !counted.has(each))) {
      counted.add(kind);
      const family = code.families[kind] ?? {};
      const names = members[kind] ?? Object.keys(family);
      parts.push(...names.map(name => partOf(family, name)));
      others.push(...Object.keys(family).flatMap(name => (names.includes(name) ? [] : family[name]!)));
    }
  }
  const modules = Object.assign({}, ...parts.map(part => part.modules)) as Record<string, string>;
  const lists = parts.flatMap(part => Object.values(part.lists));
  const texts = [...Object.keys(modules), ...lists].filter(name => Object.hasOwn(code.texts, name));
  // A member that another one needs does count.
  const forbidden = others
    .flatMap(({ late, modules: own }) => (late === true ? Object.keys(own).slice(0, 1) : []))
    .filter(name => !Object.hasOwn(modules, name));
  const native = parts.flatMap(part => part.native ?? []);
  return {
    modules: { ...modules, ...(native.length > 0 && { native: native.join(' ') }) },
    packages: [...new Set(parts.flatMap(part => part.packages))].sort(),
    texts: Object.fromEntries([
      ...texts.map(name => [name, code.texts[name]!] as const),
      ...forbidden.map(name => [name, null] as const),
    ]),
  };
}

function partOf<Part extends CodePart>(parts: Readonly<Record<string, Part>>, name: string): Part {
  if (Object.hasOwn(parts, name)) return parts[name]!;
  throw olderBuild(name);
}

function olderBuild(name: string): UserError {
  return new UserError(
    `Cannot determine what code "${name}" runs: the build is older than the code; run \`npm run build\``,
    {
      code: 'stage-code',
      exit: EXIT.configuration,
    },
  );
}

function isPart(value: unknown): boolean {
  if (!isMap(value) || !isMap(value.modules) || !isMap(value.lists) || !Array.isArray(value.packages)) return false;
  const texts = [...Object.values(value.modules), ...Object.values(value.lists), ...(value.packages as unknown[])];
  return texts.every(text => typeof text === 'string') && ['string', 'undefined'].includes(typeof value.native);
}

function isMap(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function unreadable(path: string, found: string, cause?: unknown): UserError {
  return new UserError(`Cannot determine which code the stages run: ${path}: ${found}; run \`npm run build\``, {
    code: 'stage-code',
    exit: EXIT.configuration,
    cause,
  });
}
