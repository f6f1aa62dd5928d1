import { readFileSync } from 'node:fs';
import { canonicalJson } from '../text/canonical-json';
import { errnoOf } from './errno';
import { FILE_ONLY } from './file-only';
import { sha256Text } from './sha256';
import { writeAside, writeAtomically } from './write-atomically';

export interface SealOptions {
  /** Spaces a level; 0 is the compact form, which is checked faster. Default 1, for files that people open. */
  readonly indent?: number;
  /** False for a file that can be made again: then writing does not wait for the disk. Default true. */
  readonly durable?: boolean;
}

/** What was read: the value without its seal, a sentence about the fault of the file, or undefined when there is no file. */
export type Unsealed = Readonly<Record<string, unknown>> | string | undefined;

const SEAL = ',"seal":"sha256:';

/**
 * JSON text of an object with `"seal": "sha256:<hex>"` over the canonical JSON of its other members as the last one. Throws TypeError for
 * what JSON cannot hold.
 */
export function sealedText(value: object, indent = 1): string {
  const body = canonicalJson(value);
  const seal = `sha256:${sha256Text(body)}`;
  if (body === '{}') return `{"seal":"${seal}"}\n`;
  if (indent === 0) return `${body.slice(0, -1)},"seal":"${seal}"}\n`;
  return JSON.stringify({ ...value, seal }, null, indent) + '\n';
}

/** Opens a sealed text. Returns a sentence about the fault of one that is not as it was written. */
export function unseal(text: string): Exclude<Unsealed, undefined> {
  try {
    const value = JSON.parse(text) as unknown;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return 'it is not a JSON object';
    const { seal, ...rest } = value as Record<string, unknown>;
    if (typeof seal !== 'string') return 'it has no seal';
    if (compactSeal(text) === seal) return rest;
    const found = `sha256:${sha256Text(canonicalJson(rest))}`;
    return found === seal ? rest : `its seal is ${seal}, its content gives ${found}`;
  } catch (error) {
    // A RangeError is JSON that is nested too deeply to be ours.
    return error instanceof SyntaxError
      ? `it is not JSON (${error.message.replace(/[\s\p{Cc}]+/gu, ' ')})`
      : 'it is not JSON of ours';
  }
}

/** Writes a sealed file atomically; `temporary` as for `writeAtomically`. */
export async function writeSealedJson(
  path: string,
  value: object,
  temporary: string,
  { indent = 1, durable = true }: SealOptions = {},
): Promise<void> {
  await (durable ? writeAtomically : writeAside)(path, sealedText(value, indent), temporary);
}

/** Reads a sealed file. Throws the error of the system when it cannot be read, except errors that show that something else is there. */
export function readSealedJson(path: string): Unsealed {
  try {
    return unseal(readFileSync(path, { encoding: 'utf8', flag: FILE_ONLY as never }));
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return undefined;
    if (code === 'EISDIR') return 'a folder is in its place';
    if (code === 'ELOOP') return 'a link is in its place';
    if (code === 'ENOTDIR') return 'a file is where its folder should be';
    throw error;
  }
}

/** The seal that a text in compact form should have: its beginning is the canonical JSON that was sealed. */
function compactSeal(text: string): string | undefined {
  const end = text.lastIndexOf(SEAL);
  return end < 0 ? undefined : `sha256:${sha256Text(text.slice(0, end) + '}')}`;
}
