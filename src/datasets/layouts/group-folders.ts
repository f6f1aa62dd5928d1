import { basename, dirname, extname, join, relative } from 'node:path';
import { UserError } from '../../errors';
import { composed, foldName, spelled } from '../../kit/text/fold-name';
import { plural } from '../../kit/text/human';
import { listFolder } from './list-folder';

/** A folder that may be that of a group. */
export interface GroupFolder {
  /** As messages and results have it: NFC, without surrounding white space. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  /** Why it has no photograph at `<identity>/<image>`; undefined when it has some. */
  readonly absent?: string;
  /** An image beside the folders of identities, absolute. */
  readonly flat?: string;
}

/** Every folder in `data`, whether it holds photographs or not, but for one of text files. */
export async function* groupFolders(root: string, data: string): AsyncGenerator<GroupFolder, void> {
  for (const name of (await listFolder(data)).folders) {
    const group = await lookInto(root, join(data, name));
    if (name === 'txts' && group.absent !== undefined) continue;
    yield { ...group, name: groupName(name) };
  }
}

/** The name of a group, however a folder, a file or a row writes it. */
export function groupName(name: string): string {
  return composed(name).trim() || name;
}

/** Errors with `twin-groups` (`UserError`) when two folders have names that are one to a reader or to another file system. */
export function refuseTwins(groups: readonly Pick<GroupFolder, 'folder'>[]): void {
  const seen = new Map<string, string>();
  for (const { folder } of groups) {
    const key = foldName(basename(folder));
    const twin = seen.get(key);
    if (twin !== undefined) {
      throw new UserError(
        `Cannot read data set: the folders ${spelled(basename(twin))} and ${spelled(basename(folder))} in ${dirname(folder)} ` +
          'would be two groups whose names differ only in case, white space or normal form; put the identities of both into one folder, or rename one of them',
        { code: 'twin-groups' },
      );
    }
    seen.set(key, folder);
  }
}

async function lookInto(root: string, folder: string): Promise<Omit<GroupFolder, 'name'>> {
  const { folders, images, others } = await listFolder(folder);
  const flat = images.length > 0 ? { flat: join(folder, images[0]!) } : {};
  const strays = endingTally();
  others.forEach(strays.add);
  for (const identity of folders) {
    const inside = await listFolder(join(folder, identity));
    if (inside.images.length > 0) return { folder, ...flat };
    inside.others.forEach(strays.add);
  }
  const where = relative(root, folder) || folder;
  return { folder, ...flat, absent: `${where} ${whyEmpty(folders.length, images.length, strays)}` };
}

function whyEmpty(identities: number, flat: number, strays: EndingTally): string {
  if (identities + flat + strays.total() === 0) return 'is empty';
  const holds = flat > 0 ? `has ${plural(flat, 'picture')} outside of folders of identities` : 'holds no photograph';
  const inside = strays.total() > 0 ? `, only ${strays.text()}` : '';
  return `${holds}${inside}${identities > 0 ? `, in ${plural(identities, 'folder')} of identities` : ''}`;
}

/** Counts files by the ending of their names. */
export interface EndingTally {
  readonly add: (file: string) => void;
  total(): number;
  /** `40 .webp, 2 .txt`, the most frequent first. */
  text(): string;
}

export function endingTally(): EndingTally {
  const counts = new Map<string, number>();
  let total = 0;
  return {
    add(file) {
      const ending = extname(file).toLowerCase() || 'without ending';
      counts.set(ending, (counts.get(ending) ?? 0) + 1);
      total++;
    },
    total: () => total,
    text: () =>
      [...counts]
        .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
        .map(([ending, count]) => `${count} ${ending}`)
        .join(', '),
  };
}
