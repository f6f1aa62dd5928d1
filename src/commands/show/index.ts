import { join } from 'node:path';
import { readManifest, type FileRecord, type Manifest } from '../../workflow/store/objects/manifest';
import { EXIT, UserError } from '../../errors';
import { printable } from '../../kit/text/printable';
import { formatBytes } from '../../kit/text/human';
import { entryAt } from '../shared/entry-at';
import type { LocatedArtifact } from '../shared/locate';
import { fileTree } from './file-tree';
import { summaryText, type SummaryOptions } from './summary-text';
import type { View, ViewOptions } from './view';
import { onnx, safetensors } from './view-model';
import { picture } from './view-picture';
import { csv, parquet } from './view-table';
import { json, text } from './view-text';

/** Every way to look at a file, by its ending. What none of them knows is shown as text. */
const VIEWS: readonly View[] = [parquet, csv, json, picture, onnx, safetensors, text];

export interface ShowOptions extends SummaryOptions, ViewOptions {}

/**
 * What `pipeline show` prints: all about an artifact, the files of a folder in it, or what is in a file. Errors with UserErrors
 * `damaged-artifact` (exit 6), `damaged-file`, and those of the readers of each kind.
 */
export async function showArtifact(
  { object, folder, file, actions }: LocatedArtifact,
  options: ShowOptions,
): Promise<string> {
  const manifest = readManifest(folder);
  // The manifest itself can be looked at also when something is wrong with it.
  if (file === 'manifest.json') return json.render(join(folder, file), options);
  if (typeof manifest === 'string') throw damaged(folder, manifest);
  if (file === null) return summaryText(object, manifest, actions, options);
  const record = manifest.files.find(({ path }) => path === file);
  return record === undefined
    ? folderText(manifest, folder, file)
    : fileText(record, folder, { ...options, caption: captionOf(manifest, file) });
}

async function fileText({ path, bytes }: FileRecord, folder: string, options: ShowOptions): Promise<string> {
  const whole = join(folder, path);
  const stat = entryAt(whole);
  if (stat?.isFile() !== true) throw damaged(folder, `${path} is not a file any more`);
  if (stat.size !== bytes) throw damaged(folder, `${path} has ${stat.size} bytes instead of ${bytes}`);
  const view = VIEWS.find(({ endings }) => endings.some(ending => path.toLowerCase().endsWith(ending))) ?? text;
  return `${printable(path)}, ${formatBytes(bytes)}\n${await view.render(whole, options)}`;
}

function captionOf({ looks }: Manifest, path: string): string | undefined {
  return looks.find(({ file }) => file === path)?.caption;
}

function folderText({ files }: Manifest, folder: string, path: string): string {
  const tree = fileTree(files, path);
  if (tree.length > 0) return `${printable(path)}/\n${tree.join('\n')}\n`;
  if (entryAt(join(folder, path))?.isDirectory() === true) return `${printable(path)}/ is empty\n`;
  throw damaged(folder, `${path} does not belong to it`);
}

function damaged(folder: string, what: string): UserError {
  return new UserError(
    `Cannot show the artifact ${folder}: ${what}; it is damaged: pipeline verify tells all, a run makes it again`,
    {
      code: 'damaged-artifact',
      exit: EXIT.storage,
    },
  );
}
