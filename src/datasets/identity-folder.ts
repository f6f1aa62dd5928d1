import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { UserError } from '../errors';
import type { Dataset, DatasetFormat, GroupFiles } from './format';
import { listFolder } from './list-folder';

export interface IdentityFolderOptions {
  readonly name: string;
  readonly summary: string;
  /** Folders that may hold `<Group>/<identity>/<image>`, relative to the root; the first that does is taken. */
  readonly places: (split: string) => readonly string[];
}

/** A data set as a folder of groups, each a folder of identities, each a folder of images; text files lie in `txts/` or beside. */
export function identityFolder({ name, summary, places }: IdentityFolderOptions): DatasetFormat {
  return {
    name,
    summary,
    places,
    async find(root, split) {
      for (const place of places(split)) {
        const data = join(root, place);
        if (!isFolder(data)) continue;
        const found = await groupsIn(root, data);
        if (found !== undefined) return { ...found, format: name, root };
      }
      return undefined;
    },
  };
}

async function groupsIn(root: string, data: string): Promise<Pick<Dataset, 'groups' | 'remarks'> | undefined> {
  const groups: GroupFiles[] = [];
  const flat: string[] = [];
  const remarks: string[] = [];
  for (const name of (await listFolder(data)).folders) {
    const folder = join(data, name);
    const { folders, images } = await listFolder(folder);
    if (await someHoldsImages(folder, folders)) {
      groups.push({ name, folder, ...textFiles(root, data, name) });
      if (images.length > 0) flat.push(join(folder, images[0]!));
    } else if (name !== 'txts') {
      remarks.push(`${folder} holds no folders with images and is left out`);
    }
  }
  if (groups.length === 0) return undefined;
  if (flat.length > 0) {
    throw new UserError(
      `Cannot read data set ${root}: ${flat[0]} lies outside of a folder of an identity; put every image at <Group>/<identity>/<image>`,
      { code: 'bad-layout' },
    );
  }
  return { groups, remarks };
}

async function someHoldsImages(folder: string, identities: readonly string[]): Promise<boolean> {
  for (const identity of identities) {
    if ((await listFolder(join(folder, identity))).images.length > 0) return true;
  }
  return false;
}

/** The text files of a group, wherever mirrors of RFW and BUPT-Balancedface put them. Never outside of the root. */
function textFiles(root: string, data: string, group: string): Partial<GroupFiles> {
  const parent = dirname(data);
  const folders = [join(parent, 'txts', group), join(parent, 'txts'), join(root, 'txts', group), join(root, 'txts')]
    .concat(join(data, group), data, parent, root)
    .filter(folder => !relative(root, folder).startsWith('..'));
  const landmarks = firstFile(folders, `${group}_lmk.txt`);
  const pairs = firstFile(folders, `${group}_pairs.txt`);
  const people = firstFile(folders, `${group}_people.txt`);
  return {
    ...(landmarks !== undefined && { landmarks: { file: landmarks, shared: false } }),
    ...(pairs !== undefined && { pairs }),
    ...(people !== undefined && { people }),
  };
}

/**
 * The same data set with other landmark files.
 * @param path a file with the rows of all groups, or a folder with `<Group>_lmk.txt` or `<Group>/<Group>_lmk.txt` for each
 */
export function withLandmarks(dataset: Dataset, path: string): Dataset {
  const isFile = !isFolder(path);
  const groups = dataset.groups.map((group): GroupFiles => {
    const name = `${group.name}_lmk.txt`;
    const file = isFile ? path : firstFile([path, join(path, group.name)], name);
    if (file === undefined) {
      throw new UserError(
        `Cannot find the landmarks of group ${group.name}: neither ${name} nor ${join(group.name, name)} lies in ${path}`,
        { code: 'missing-landmark-file' },
      );
    }
    return { ...group, landmarks: { file, shared: isFile } };
  });
  return { ...dataset, groups };
}

function firstFile(folders: readonly string[], name: string): string | undefined {
  return folders.map(folder => join(folder, name)).find(path => existsSync(path));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
