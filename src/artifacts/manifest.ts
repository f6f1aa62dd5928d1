import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../stage';

export const MANIFEST_FILE = 'manifest.json';
export const MANIFEST_FORMAT = 1;

/** What made an artifact, from what, and what it holds. Written last: a folder without one is not an artifact. */
export interface Manifest {
  readonly kind: 'fairdistill-artifact';
  readonly format: typeof MANIFEST_FORMAT;
  /** Pipeline and step that made it first; others may reuse it under their own names. */
  readonly pipeline: string;
  readonly step: string;
  readonly stage: { readonly name: string; readonly version: number; readonly summary: string };
  readonly options: Readonly<Record<string, Json>>;
  readonly inputs: readonly InputRecord[];
  readonly externals: readonly ExternalRecord[];
  readonly key: string;
  /** Name of the training engine; null when the stage uses none. */
  readonly engine: string | null;
  readonly outputs: Readonly<Record<string, OutputRecord>>;
  readonly files: readonly FileRecord[];
  /** Of everything but `manifest.json`, `log.txt` and `*.local.json`: `sha256:<hex>`. */
  readonly digest: string;
  readonly bytes: number;
  /** ISO 8601. */
  readonly started: string;
  readonly finished: string;
  readonly seconds: number;
  /** Largest resident memory of the stage's process in bytes; null when it had no process of its own. */
  readonly peakMemory: number | null;
  readonly host: { readonly platform: string; readonly cpu: string; readonly cores: number; readonly node: string };
  readonly looks: readonly Look[];
  readonly headline: string | null;
  readonly metrics: Readonly<Record<string, Json>>;
}

/** An artifact of another stage that this one was made from. */
export interface InputRecord {
  readonly port: string;
  /** Step of the pipeline and its output port. */
  readonly step: string;
  readonly output: string;
  readonly digest: string;
  readonly key: string;
}

/** A file or folder outside the store that this one was made from. */
export interface ExternalRecord {
  readonly option: string;
  readonly path: string;
  readonly digest: string;
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

/** Reads a manifest. Returns a sentence that says what is wrong with it when it is not one of `key`. */
export async function readManifest(folder: string, key: string): Promise<Manifest | string> {
  const text = await readFile(join(folder, MANIFEST_FILE), 'utf8');
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    if (value?.kind !== 'fairdistill-artifact') return 'manifest.json is not that of an artifact';
    if (value.format !== MANIFEST_FORMAT) {
      return `manifest.json has format ${String(value.format)}, this version reads ${MANIFEST_FORMAT}`;
    }
    if (value.key !== key) return `manifest.json has the key ${String(value.key)}`;
    if (!Array.isArray(value.files) || typeof value.outputs !== 'object') return 'manifest.json is incomplete';
    return value as Manifest;
  } catch {
    return 'manifest.json is not JSON';
  }
}
