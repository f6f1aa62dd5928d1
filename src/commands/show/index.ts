import { join } from 'node:path';
import { drawnPictures, readManifest, type PictureRecord } from '../../workflow/store';
import { PICTURES_FOLDER } from '../../stage';
import { EXIT, UserError } from '../../errors';
import { printable } from '../../kit/text/printable';
import { formatBytes } from '../../kit/text/human';
import { entryAt } from '../shared/entry-at';
import type { LocatedArtifact } from '../shared/locate';
import { fileTree, type ShownFile } from './file-tree';
import { OLDER, summaryText, type SummaryOptions } from './summary-text';
import type { View, ViewOptions } from './view';
import { onnx, safetensors } from './view-model';
import { picture } from './view-picture';
import { csv, parquet } from './view-table';
import { json, text } from './view-text';

/** Every way to look at a file, by its ending. What none of them knows is shown as text. */
const VIEWS: readonly View[] = [parquet, csv, json, picture, onnx, safetensors, text];

export interface ShowOptions extends SummaryOptions, ViewOptions {
  /** Digest of the code that draws the pictures of a stage now; undefined where that is not known. */
  readonly drawnBy?: (stage: string) => string | undefined;
}

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
  const drawn = drawnPictures(folder, options.drawnBy?.(manifest.stage.name));
  const { pictures, outdated } = drawn;
  if (file === null) return summaryText(object, manifest, actions, { ...options, ...drawn });
  const files = [
    ...manifest.files,
    ...pictures.map(({ file: name, bytes }) => ({ path: `${PICTURES_FOLDER}/${name}`, bytes })),
  ];
  const record = files.find(({ path }) => path === file);
  const caption = [...manifest.looks, ...pictures].find(
    look => look.file === file || `${PICTURES_FOLDER}/${look.file}` === file,
  )?.caption;
  if (record === undefined) return folderText(files, folder, file, pictures);
  const isOld = outdated && file.startsWith(`${PICTURES_FOLDER}/`);
  return `${await fileText(record, folder, { ...options, caption })}${isOld ? `${OLDER}\n` : ''}`;
}

async function fileText({ path, bytes }: ShownFile, folder: string, options: ShowOptions): Promise<string> {
  const whole = join(folder, path);
  const stat = entryAt(whole);
  if (stat?.isFile() !== true) throw damaged(folder, `${path} is not a file any more`);
  if (stat.size !== bytes) throw damaged(folder, `${path} has ${stat.size} bytes instead of ${bytes}`);
  const view = VIEWS.find(({ endings }) => endings.some(ending => path.toLowerCase().endsWith(ending))) ?? text;
  return `${printable(path)}, ${formatBytes(bytes)}\n${await view.render(whole, options)}`;
}

function folderText(
  files: readonly ShownFile[],
  folder: string,
  path: string,
  pictures: readonly PictureRecord[],
): string {
  const tree = fileTree(files, path);
  if (tree.length > 0) return `${printable(path)}/\n${tree.join('\n')}\n`;
  if (entryAt(join(folder, path))?.isDirectory() === true) return `${printable(path)}/ is empty\n`;
  if (path.startsWith(`${PICTURES_FOLDER}/`)) throw noPicture(path, pictures);
  throw damaged(folder, `${path} does not belong to it`);
}

function noPicture(path: string, pictures: readonly PictureRecord[]): UserError {
  const there = pictures.map(({ file }) => file).join(', ');
  return new UserError(
    `Cannot show ${printable(path)}: the artifact has no such picture; ` +
      (there === '' ? 'it has none yet; a run draws them' : `there are ${printable(there)} in ${PICTURES_FOLDER}/`),
    { code: 'no-such-picture', exit: EXIT.usage },
  );
}

function damaged(folder: string, what: string): UserError {
  return new UserError(
    `Cannot show the artifact ${folder}: ${what}; it is damaged: pipeline verify lists all damage, and a run makes the artifact again`,
    {
      code: 'damaged-artifact',
      exit: EXIT.storage,
    },
  );
}
