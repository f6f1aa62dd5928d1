import { basename, join, relative } from 'node:path';
import { UserError } from '../../errors';
import { foldName } from '../../kit/text/fold-name';
import type { FoundGroups, GroupFiles } from './group-files';
import { groupFolders, refuseTwins, type GroupFolder } from './group-folders';
import { filesOf, findTextFiles, type TextFile } from './text-files';

/** Where groups may lie. */
export interface GroupPlace {
  /** Absolute. */
  readonly data: string;
  /** It may hold other folders than groups; one with the name of a split is none then. */
  readonly isMixed: boolean;
  readonly split: string;
}

/** Whether `data` is a folder of groups: one of them has a photograph at `<identity>/<image>`. */
export async function hasGroups(root: string, place: GroupPlace): Promise<boolean> {
  for await (const { name, absent } of groupFolders(root, place.data)) {
    if (absent === undefined && !isOfSplit(place, name)) return true;
  }
  return false;
}

/** The groups in `data`, one of which has photographs, with their text files. Errors with `twin-groups` and `bad-layout` (`UserError`). */
export async function findGroups(root: string, place: GroupPlace): Promise<FoundGroups> {
  const { data, isMixed } = place;
  const seen: GroupFolder[] = [];
  const remarks: string[] = [];
  const remark = (text: string): void => void remarks.push(text);
  for await (const group of groupFolders(root, data)) {
    if (!isOfSplit(place, group.name)) seen.push(group);
    else remark(`${group.folder} has the name of a split and is left out`);
  }
  const texts = await findTextFiles(
    root,
    data,
    seen.map(group => group.folder),
  );
  const files = texts.filter(({ group }) => !isOfSplit(place, group));
  const isNamed = ({ name }: GroupFolder): boolean => files.some(file => foldName(file.group) === foldName(name));
  const folders = seen.filter(group => group.absent === undefined || !isMixed || isNamed(group));
  for (const { folder } of seen.filter(group => !folders.includes(group))) {
    remark(`${folder} holds no folders with images and is left out`);
  }
  refuseTwins(folders);
  refuseFlat(root, folders);
  const all = [...folders, ...namedByText(root, data, folders, files)];
  const groups = all.map(({ name, folder, absent }): GroupFiles => ({
    name,
    folder,
    ...(absent !== undefined && { absent }),
    ...filesOf(name, files, remark),
  }));
  return { groups: groups.sort((a, b) => (a.name < b.name ? -1 : 1)), remarks };
}

const SPLITS = ['train', 'test', 'val', 'validation'];

/** Whether a folder holds a split, whose folders would be groups if it were taken for one. */
function isOfSplit({ isMixed, split }: GroupPlace, name: string): boolean {
  return isMixed && [split, ...SPLITS].some(other => foldName(other) === foldName(name));
}

function refuseFlat(root: string, groups: readonly GroupFolder[]): void {
  const flat = groups.find(group => group.absent === undefined && group.flat !== undefined)?.flat;
  if (flat === undefined) return;
  throw new UserError(
    `Cannot read data set ${root}: ${flat} is not in a folder of an identity; put every image at <Group>/<identity>/<image>`,
    { code: 'bad-layout' },
  );
}

/** Groups that have text files and no folder. */
function namedByText(
  root: string,
  data: string,
  folders: readonly GroupFolder[],
  files: readonly TextFile[],
): GroupFolder[] {
  const known = new Set(folders.map(({ name }) => foldName(name)));
  // A loose file names a group only where other groups have such files, too: `all_lmk.txt` is none.
  const places = new Set(files.filter(file => known.has(foldName(file.group))).map(file => file.place));
  const found: GroupFolder[] = [];
  for (const { kind, group, path, place } of files) {
    // `all_images.txt` may be anything.
    if (kind === 'images') continue;
    if (known.has(foldName(group)) || !(places.has(place) || isInTexts(path, group))) continue;
    known.add(foldName(group));
    const folder = join(data, group);
    const where = relative(root, folder);
    found.push({ name: group, folder, absent: `${where} is not there, but ${relative(root, path)} is` });
  }
  return found;
}

function isInTexts(path: string, group: string): boolean {
  const [above, folder] = [basename(join(path, '..', '..')), basename(join(path, '..'))];
  return folder === 'txts' || (above === 'txts' && foldName(folder) === foldName(group));
}
