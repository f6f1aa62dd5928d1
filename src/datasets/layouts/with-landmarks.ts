import { join } from 'node:path';
import { UserError } from '../../errors';
import { foldName } from '../../kit/text/fold-name';
import type { FoundGroups, GroupFiles } from './group-files';
import { isFolder, listFolder } from './list-folder';
import { filesOf, textFilesIn } from './text-files';

/**
 * The same groups with other landmark files. Errors with `missing-landmark-file` (`UserError`).
 * @param path a file with the rows of all groups, or a folder with `<Group>_lmk.txt` or `<Group>/<Group>_lmk.txt` for each
 */
export async function withLandmarks(found: FoundGroups, path: string): Promise<FoundGroups> {
  if (!isFolder(path)) {
    const named = ({ absent, landmarks, pairs, people }: GroupFiles): boolean =>
      absent === undefined || landmarks?.file !== path || pairs !== undefined || people !== undefined;
    const groups = found.groups.filter(named);
    return { ...found, groups: groups.map(group => ({ ...group, landmarks: { file: path, shared: true } })) };
  }
  const remarks = [...found.remarks];
  const files = (await textFilesIn(path)).filter(file => file.kind === 'lmk');
  for (const folder of (await listFolder(path)).folders) {
    const own = await textFilesIn(join(path, folder), 1);
    files.push(...own.filter(file => file.kind === 'lmk' && foldName(file.group) === foldName(folder)));
  }
  const groups = found.groups.map((group): GroupFiles => {
    const { landmarks } = filesOf(group.name, files, text => remarks.push(text));
    if (landmarks === undefined && group.absent === undefined) {
      const name = `${group.name}_lmk.txt`;
      throw new UserError(
        `Cannot find the landmarks of group ${group.name}: neither ${name} nor ${join(group.name, name)} is in ${path}`,
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
  return { groups, remarks };
}
