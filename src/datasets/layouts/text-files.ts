import { statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { foldName, spelled } from '../../kit/text/fold-name';
import type { GroupFiles } from './group-files';
import { groupName } from './group-folders';
import { listFolder } from './list-folder';

export type TextKind = 'lmk' | 'pairs' | 'people' | 'images';

/** A text file that is written for a group. */
export interface TextFile {
  readonly kind: TextKind;
  /** Of the group, as the file's name has it. */
  readonly group: string;
  /** Absolute. */
  readonly path: string;
  /** Of two files the one with the lower place is read. */
  readonly place: number;
}

/**
 * The text files of groups, wherever mirrors of RFW and BUPT-Balancedface put them: `<Group>_lmk.txt` and the like in `txts/<Group>/`, in
 * `txts/`, beside the identities, beside the groups, or above. Never outside of the root.
 * @param groups folders of the groups, absolute
 */
export async function findTextFiles(root: string, data: string, groups: readonly string[]): Promise<TextFile[]> {
  const parent = dirname(data);
  const found: TextFile[] = [];
  let place = 0;
  for (const txts of new Set([join(parent, 'txts'), join(root, 'txts')])) {
    if (!isInside(root, txts)) continue;
    for (const name of (await listFolder(txts)).folders) {
      const own = await textFilesIn(join(txts, name), place);
      found.push(...own.filter(file => foldName(file.group) === foldName(name)));
    }
    found.push(...(await textFilesIn(txts, place + 1)));
    place += 2;
  }
  for (const folder of groups) {
    const own = await textFilesIn(folder, place);
    found.push(...own.filter(file => foldName(file.group) === foldName(groupName(basename(folder)))));
  }
  for (const folder of new Set([data, parent, root])) {
    if (isInside(root, folder)) found.push(...(await textFilesIn(folder, ++place)));
  }
  return found;
}

const TEXT_FILE = /^(.+)_(lmk|pairs|people|images)\.txt$/i;

/** Whether a file of this name is a text file of a group. */
export function isTextFile(name: string): boolean {
  return TEXT_FILE.test(name);
}

/** Text files of groups directly in a folder. */
export async function textFilesIn(folder: string, place = 0): Promise<TextFile[]> {
  return (await listFolder(folder)).others.flatMap(name => {
    const [, group, kind] = TEXT_FILE.exec(name) ?? [];
    if (group === undefined) return [];
    return [{ kind: kind!.toLowerCase() as TextKind, group: groupName(group), path: join(folder, name), place }];
  });
}

/** Chooses the files of a group: those with its very name, else those whose name is the same but for case and white space. */
export function filesOf(
  group: string,
  files: readonly TextFile[],
  remark: (text: string) => void,
): Pick<GroupFiles, 'landmarks' | 'pairs' | 'people' | 'images'> {
  const alike = files.filter(file => foldName(file.group) === foldName(group));
  const choose = (kind: TextKind): string | undefined => {
    const [best, second] = alike
      .filter(file => file.kind === kind)
      .sort((a, b) => Number(a.group !== group) - Number(b.group !== group) || a.place - b.place);
    if (best !== undefined && best.group !== group) {
      remark(`Group ${group}: ${best.path} is taken for its file although it says ${spelled(best.group)}`);
    }
    if (second !== undefined && (second.place === best!.place || best!.group !== second.group)) {
      remark(`Group ${group}: ${second.path} is not read, because ${best!.path} is`);
    }
    return best?.path;
  };
  const [landmarks, pairs, people, images] = [choose('lmk'), choose('pairs'), choose('people'), choose('images')];
  return {
    ...(landmarks !== undefined && { landmarks: { file: landmarks, shared: false } }),
    ...(pairs !== undefined && { pairs }),
    ...(people !== undefined && { people }),
    ...(images !== undefined && { images }),
  };
}

function isInside(root: string, folder: string): boolean {
  if (relative(root, folder).startsWith('..')) return false;
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
