import type { FileRecord } from '../../workflow/store';
import { clip } from '../../kit/text/printable';
import { formatBytes, plural } from '../../kit/text/human';
import { aligned } from '../../kit/text/aligned';

/** What a tree shows of a file. */
export type ShownFile = Pick<FileRecord, 'path' | 'bytes'>;

/** Larger folders show only the number of their files. */
const MOST_IN_FOLDER = 12;

interface Folder {
  readonly files: ShownFile[];
  readonly folders: Map<string, Folder>;
}

/** Files with their sizes as a tree; folders of many files by number and size. `below` is a path in the artifact or ''. */
export function fileTree(files: readonly ShownFile[], below = ''): string[] {
  const start = below === '' ? '' : `${below}/`;
  const root: Folder = { files: [], folders: new Map() };
  for (const file of files) {
    if (file.path.startsWith(start)) add(root, file.path.slice(start.length).split('/'), file);
  }
  return aligned(rows(root, '  '), [1]);
}

function add(folder: Folder, path: readonly string[], file: ShownFile): void {
  const [head, ...rest] = path;
  if (rest.length === 0) {
    folder.files.push({ ...file, path: head! });
    return;
  }
  const inner = folder.folders.get(head!) ?? { files: [], folders: new Map<string, Folder>() };
  folder.folders.set(head!, inner);
  add(inner, rest, file);
}

function rows({ files, folders }: Folder, indent: string): string[][] {
  const inner = [...folders].slice(0, MOST_IN_FOLDER);
  const hidden = [...folders].slice(MOST_IN_FOLDER).map(([, folder]) => folder);
  const single = files.length > MOST_IN_FOLDER ? [] : files;
  return [
    ...inner.flatMap(([name, folder]) => [[`${indent}${clip(name, 80)}/`, ''], ...rows(folder, `${indent}  `)]),
    ...(hidden.length > 0
      ? [[`${indent}… ${plural(hidden.length, 'more folder')}`, sizeOf(hidden.flatMap(allFiles))]]
      : []),
    ...single.map(({ path, bytes }) => [`${indent}${clip(path, 80)}`, formatBytes(bytes)]),
    ...(single.length < files.length
      ? [[`${indent}${plural(files.length, 'file')}, such as ${clip(files[0]!.path, 60)}`, sizeOf(files)]]
      : []),
  ];
}

function allFiles({ files, folders }: Folder): ShownFile[] {
  return [...files, ...[...folders.values()].flatMap(allFiles)];
}

function sizeOf(files: readonly ShownFile[]): string {
  return formatBytes(files.reduce((sum, { bytes }) => sum + bytes, 0));
}
