import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Store } from '../../src/workflow/store/store';
import { beginArtifact, commitArtifact, type Committed, type Draft } from '../../src/workflow/store/objects/workspace';

export const KEY = '0123456789abcdef0123456789abcdef';
export const OTHER_KEY = 'f123456789abcdef0123456789abcdef';

export const DRAFT: Draft = {
  pipeline: 'toy',
  step: 'one',
  run: '20260101-000000-amber-otter',
  stage: { name: 'say', version: 1, summary: 'Says' },
  options: {},
  inputs: [],
  externals: [],
  engine: null,
  outputs: { text: 'text' },
  started: '2026-01-01T00:00:00.000Z',
  finished: '2026-01-01T00:00:01.000Z',
  seconds: 1,
  peakMemory: null,
  rows: null,
  host: { platform: 'x', cpu: 'x', cores: 1, node: 'x' },
  looks: [],
  headline: null,
  metrics: {},
  leaves: { stage: 'say' },
  accepted: null,
};

export interface CommitOptions {
  readonly key?: string;
  /** Content by path, beside `text/text.txt`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly draft?: Partial<Draft>;
}

/** Commits an artifact that holds a text. */
export async function commitText(
  store: Store,
  text: string,
  { key = KEY, files = {}, draft = {} }: CommitOptions = {},
): Promise<Committed> {
  const workspace = await beginArtifact(store, key, ['text']);
  await writeFile(join(workspace.folder, 'text', 'text.txt'), text);
  for (const [path, content] of Object.entries(files)) await writeFile(join(workspace.folder, path), content);
  return commitArtifact(store, workspace, { ...DRAFT, ...draft });
}

/** Changes one byte in the middle of a file and nothing else. */
export function flipByte(path: string): void {
  const bytes = readFileSync(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = bytes[middle]! ^ 1;
  writeFileSync(path, bytes);
}

/** Puts an empty folder in the place of a file. */
export function replaceByFolder(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

/** Puts a link in the place of a file or folder; what it leads to is as it was. */
export function replaceByLink(path: string): void {
  const aside = join(mkdtempSync(join(tmpdir(), 'fairdistill-')), 'aside');
  cpSync(path, aside, { recursive: true });
  rmSync(path, { recursive: true });
  symlinkSync(aside, path);
}
