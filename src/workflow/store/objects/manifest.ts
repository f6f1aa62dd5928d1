import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../stage';
import { readSealedJson } from '../../../kit/files/sealed-json';
import type { Production } from './production';

export type { ExternalRecord, InputRecord } from './production';

export const MANIFEST_FILE = 'manifest.json';
/** Version 1 had no seal, no run, and lay in a folder with the name of its key. */
export const MANIFEST_FORMAT = 2;

/**
 * The contents of an artifact, and what made it first: other work may since have made the same content, as the records of its actions show. Sealed.
 * Written last: a folder without one is not an artifact.
 */
export interface Manifest extends Production {
  readonly kind: 'fairdistill-artifact';
  readonly format: typeof MANIFEST_FORMAT;
  readonly stage: { readonly name: string; readonly version: number; readonly summary: string };
  readonly outputs: Readonly<Record<string, OutputRecord>>;
  readonly files: readonly FileRecord[];
  /** Relative paths of all sub-folders, sorted: an empty one is content too. */
  readonly folders: readonly string[];
  /** Of everything but `manifest.json`, `log.txt` and `*.local.json`: `sha256:<hex>`. */
  readonly digest: string;
  readonly bytes: number;
  readonly looks: readonly Look[];
  readonly headline: string | null;
  readonly metrics: Readonly<Record<string, Json>>;
}

export interface OutputRecord {
  readonly type: string;
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
}

export interface FileRecord {
  /** Relative to the artifact's folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Something that a person may want to look at. */
export interface Look {
  readonly file: string;
  readonly caption: string;
}

/**
 * Reads the manifest of an artifact. Returns a sentence that says what is wrong with it.
 * @param trusted nobody has written into it since it was last checked, so its seal and its shape are not looked at
 */
export function readManifest(folder: string, { trusted = false } = {}): Manifest | string {
  const path = join(folder, MANIFEST_FILE);
  if (trusted) return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  const value = readSealedJson(path);
  if (value === undefined) return `${MANIFEST_FILE} is missing`;
  if (typeof value === 'string') return `${MANIFEST_FILE}: ${value}`;
  const manifest = value as Partial<Manifest>;
  if (manifest.kind !== 'fairdistill-artifact') return `${MANIFEST_FILE} is not that of an artifact`;
  if (manifest.format !== MANIFEST_FORMAT) {
    return `${MANIFEST_FILE} has format ${String(manifest.format)}, this version reads ${MANIFEST_FORMAT}`;
  }
  return isComplete(manifest) ? (manifest as Manifest) : `${MANIFEST_FILE} is incomplete`;
}

/** Whether it has what the store itself relies on; a seal can be forged. */
function isComplete({ stage, outputs, files, folders, looks, digest, bytes }: Partial<Manifest>): boolean {
  return (
    typeof stage?.name === 'string' &&
    typeof outputs === 'object' &&
    Array.isArray(files) &&
    files.every((file: FileRecord) => isInside(file.path) && Number.isInteger(file.bytes)) &&
    Array.isArray(folders) &&
    folders.every(isInside) &&
    Array.isArray(looks) &&
    typeof digest === 'string' &&
    typeof bytes === 'number'
  );
}

function isInside(path: unknown): boolean {
  return typeof path === 'string' && !path.split('/').some(part => part === '' || part === '.' || part === '..');
}
