import { statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { UserError } from '../../errors';
import { foldName } from '../../kit/text/fold-name';
import type { Dataset, DatasetFormat, GroupFiles } from './format';
import { groupFolders, refuseTwins, type GroupFolder } from './group-folders';
import { listFolder } from './list-folder';
import { filesOf, findTextFiles, textFilesIn, type TextFile } from './text-files';

export interface IdentityFolderOptions {
  readonly name: string;
  readonly summary: string;
  /** Folders that may hold `<Group>/<identity>/<image>`, relative to the root; the first that does is taken. */
  readonly places: (split: string) => readonly string[];
  /** Of these, the ones that may hold other folders than groups. */
  readonly mixed?: readonly string[];
}

/** A data set as a folder of groups, each a folder of identities, each a folder of images; text files lie in `txts/` or beside. */
export function identityFolder({ name, summary, places, mixed = [] }: IdentityFolderOptions): DatasetFormat {
  return {
    name,
    summary,
    places,
    async find(root, split) {
      for (const place of places(split)) {
        const data = join(root, place);
        if (!isFolder(data)) continue;
        const found = await groupsIn(root, data, mixed.includes(place));
        if (found !== undefined) return { ...found, format: name, root };
      }
      return undefined;
    },
  };
}

async function groupsIn(
  root: string,
  data: string,
  isMixed: boolean,
): Promise<Pick<Dataset, 'groups' | 'remarks'> | undefined> {
  const seen = await groupFolders(root, data);
  if (seen.every(group => group.absent !== undefined)) return undefined;
  const remarks: string[] = [];
  const remark = (text: string): void => void remarks.push(text);
  const files = await findTextFiles(
    root,
    data,
    seen.map(group => group.folder),
  );
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

function refuseFlat(root: string, groups: readonly GroupFolder[]): void {
  const flat = groups.find(group => group.absent === undefined && group.flat !== undefined)?.flat;
  if (flat === undefined) return;
  throw new UserError(
    `Cannot read data set ${root}: ${flat} lies outside of a folder of an identity; put every image at <Group>/<identity>/<image>`,
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
  // A loose file names a group only where those of other groups lie, too: `all_lmk.txt` is none.
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

/**
 * The same data set with other landmark files.
 * @param path a file with the rows of all groups, or a folder with `<Group>_lmk.txt` or `<Group>/<Group>_lmk.txt` for each
 */
export async function withLandmarks(dataset: Dataset, path: string): Promise<Dataset> {
  if (!isFolder(path)) {
    const named = ({ absent, landmarks, pairs, people }: GroupFiles): boolean =>
      absent === undefined || landmarks?.file !== path || pairs !== undefined || people !== undefined;
    const groups = dataset.groups.filter(named);
    return { ...dataset, groups: groups.map(group => ({ ...group, landmarks: { file: path, shared: true } })) };
  }
  const remarks = [...dataset.remarks];
  const files = (await textFilesIn(path)).filter(file => file.kind === 'lmk');
  for (const folder of (await listFolder(path)).folders) {
    const own = await textFilesIn(join(path, folder), 1);
    files.push(...own.filter(file => file.kind === 'lmk' && foldName(file.group) === foldName(folder)));
  }
  const groups = dataset.groups.map((group): GroupFiles => {
    const { landmarks } = filesOf(group.name, files, text => remarks.push(text));
    if (landmarks === undefined && group.absent === undefined) {
      const name = `${group.name}_lmk.txt`;
      throw new UserError(
        `Cannot find the landmarks of group ${group.name}: neither ${name} nor ${join(group.name, name)} lies in ${path}`,
        { code: 'missing-landmark-file' },
      );
    }
    const { name, folder, pairs, people, images, absent } = group;
    return {
      name,
      folder,
      ...(landmarks && { landmarks }),
      ...(pairs !== undefined && { pairs }),
      ...(people !== undefined && { people }),
      ...(images !== undefined && { images }),
      ...(absent !== undefined && { absent }),
    };
  });
  return { ...dataset, groups, remarks };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
