import { readFileSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { EXIT, messageOf, UserError } from '../../errors';
import { errnoOf } from '../../kit/files/errno';
import { alternatives, quote, suggestion } from '../../kit/text/quote';
import { entryAt } from '../shared/entry-at';
import { drawn } from './drawn';
import { ownData } from './own-data';
import type { Template } from './template';

/** Every template; the first is the default. */
export const TEMPLATES: readonly Template[] = [drawn, ownData];

const SCHEMA_FILE = 'pipeline.schema.json';
const IGNORE_FILE = '.gitignore';
const IGNORED = 'artifacts/';

// The first is read by yaml-language-server (VS Code, Neovim), the second by JetBrains.
const EDITOR_LINES = `# yaml-language-server: $schema=./${SCHEMA_FILE}\n# $schema: ./${SCHEMA_FILE}\n\n`;

export interface InitOptions {
  readonly cwd: string;
  /** Name of a template. */
  readonly template?: string | undefined;
  /** JSON schema of pipeline files. */
  readonly schema: string;
}

interface NewFile {
  readonly name: string;
  readonly text: string;
}

/**
 * `pipeline init [FOLDER]`: writes a pipeline file, its schema for editors and a `.gitignore`, and returns what to say. Overwrites nothing:
 * throws UserError `already-there` before it writes, `unknown-template`, or `cannot-write`.
 */
export async function initFolder(folder: string, { cwd, template, schema }: InitOptions): Promise<string> {
  const chosen = templateNamed(template);
  const target = resolve(cwd, folder);
  const all = templateFiles(chosen, schema);
  const files = all.filter(({ name, text }) => !isSame(join(target, name), text));
  const isIgnoring = files.some(({ name }) => name === IGNORE_FILE && entryAt(join(target, name)) !== undefined);
  const written = files.filter(({ name }) => name !== IGNORE_FILE || !isIgnoring);
  refuseToOverwrite(target, written);
  await writeAll(target, written);
  const place = (name: string): string => join(relative(cwd, target), name);
  const hint = isIgnoring ? [`${IGNORE_FILE} is yours and was left as it is; add the line: ${IGNORED}`] : [];
  return [
    ...all.filter(file => !files.includes(file)).map(({ name }) => `kept ${place(name)}, which exists`),
    ...written.map(({ name }) => `wrote ${place(name)}`),
    ...hint,
    ...next(chosen, relative(cwd, target)),
    '',
  ].join('\n');
}

/** The files that a template begins with. */
export function templateFiles({ pipeline, text }: Template, schema: string): NewFile[] {
  return [
    { name: `${pipeline}.yaml`, text: EDITOR_LINES + text },
    { name: SCHEMA_FILE, text: schema.endsWith('\n') ? schema : `${schema}\n` },
    { name: IGNORE_FILE, text: `# Results of pipelines; a run makes them again.\n${IGNORED}\n` },
  ];
}

function templateNamed(name: string = TEMPLATES[0]!.name): Template {
  const found = TEMPLATES.find(template => template.name === name);
  if (found) return found;
  const names = TEMPLATES.map(template => template.name);
  throw new UserError(`Unknown template ${quote(name)}: use ${alternatives(names)}${suggestion(name, names)}`, {
    code: 'unknown-template',
    exit: EXIT.usage,
  });
}

function refuseToOverwrite(target: string, files: readonly NewFile[]): void {
  if (entryAt(target) !== undefined && statSync(target, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw alreadyThere(`${target} is not a folder; give the name of a new one`);
  }
  const present = files.map(({ name }) => name).filter(name => entryAt(join(target, name)) !== undefined);
  if (present.length === 0) return;
  throw alreadyThere(
    `${target} already has ${alternatives(present, 'and')}, and init overwrites nothing; give another folder, or move it away`,
  );
}

function alreadyThere(what: string): UserError {
  return new UserError(`Cannot write a first pipeline: ${what}`, { code: 'already-there', exit: EXIT.usage });
}

async function writeAll(target: string, files: readonly NewFile[]): Promise<void> {
  try {
    await mkdir(target, { recursive: true });
    // `wx`: what has come into being since the check is not overwritten either.
    for (const { name, text } of files) await writeFile(join(target, name), text, { flag: 'wx' });
  } catch (error) {
    const exit = ['ENOSPC', 'EDQUOT', 'EIO', 'EROFS'].includes(errnoOf(error) ?? '') ? EXIT.storage : EXIT.usage;
    throw new UserError(`Cannot write a new pipeline to ${target}: ${messageOf(error)}`, {
      code: 'cannot-write',
      exit,
      cause: error,
    });
  }
}

function next({ pipeline, first }: Template, folder: string): string[] {
  const change = folder === '' ? [] : [`  cd ${/^[\w./-]+$/.test(folder) ? folder : quote(folder)}`];
  const steps = [...change, `  pipeline plan ${pipeline}   show what would run`, `  pipeline run ${pipeline}`];
  return ['', ...(first.length === 0 ? [] : [...first, '']), 'Next:', ...steps];
}

function isSame(path: string, text: string): boolean {
  try {
    return entryAt(path)?.isFile() === true && readFileSync(path, 'utf8') === text;
  } catch {
    return false;
  }
}
