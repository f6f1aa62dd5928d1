import { join, parse } from 'node:path';
import { composed, foldName } from '../../kit/text/fold-name';
import { alternatives, quote } from '../../kit/text/quote';
import type { GroupFiles } from './group-files';
import { folderFinder } from './folder-finder';
import { listFolder } from './list-folder';

export interface FoundImage {
  /** `<identity>/<file>`, as it is written on disk; for a missing one, as it would be. */
  readonly image: string;
  /** Why it is not there, in words. */
  readonly missing?: string;
}

/** The image of an identity with a number; errors with what `bad` makes of the problem. */
export type FindImage = (identity: string, index: string, bad: (found: string) => Error) => Promise<FoundImage>;

/**
 * Finds images of a group by identity and number, as pair files name them: number 7 is `<identity>_0007.jpg`, with any number
 * of zeros. Names are compared in the normal form NFC; one in another case is found where no other can be meant. Holds the names of the
 * group's identities, and the file names of those that were asked for.
 * @param alike called for each identity that was found in another case only
 */
export async function imageFinder(
  group: Pick<GroupFiles, 'name' | 'folder' | 'absent'>,
  alike: (text: string, folder: string) => void = () => undefined,
): Promise<FindImage> {
  const names = group.absent === undefined ? (await listFolder(group.folder)).folders : [];
  const find = folderFinder(names);
  const known = new Map<string, ReadonlyMap<number, readonly string[]>>();

  const folderOf = (identity: string): string | undefined => {
    const found = find(identity);
    if (found !== undefined && composed(found) !== composed(identity)) alike(identity, found);
    return found;
  };

  return async (identity, index, bad) => {
    if (!/^\d+$/.test(index)) throw bad(`found image number ${quote(index)}, want a whole number`);
    if (identity.includes('/') || identity.startsWith('.')) {
      throw bad(`found identity ${quote(identity)}, which group ${group.name} does not have`);
    }
    const folder = folderOf(identity);
    const name = folder ?? composed(identity);
    const wanted = `${name}/${name}_${index.replace(/^0+(?=\d)/, '').padStart(4, '0')}.jpg`;
    if (folder === undefined) {
      return { image: wanted, missing: `identity ${quote(identity)}, which group ${group.name} does not have` };
    }
    const images = known.get(folder) ?? byNumber(folder, (await listFolder(join(group.folder, folder))).images);
    known.set(folder, images);
    const files = images.get(Number(index)) ?? [];
    if (files.length === 1) return { image: `${folder}/${files[0]!}` };
    if (files.length > 1) throw bad(`found image ${index} of ${quote(identity)}, which may be ${alternatives(files)}`);
    const numbers = [...images.keys()].map(String);
    const has = numbers.length === 0 ? 'none' : alternatives(numbers, 'and');
    return {
      image: wanted,
      missing: `image ${index} of identity ${quote(identity)}, which is not on disk: the identity has ${has}`,
    };
  };
}

function byNumber(identity: string, images: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const image of images) {
    const [, name, digits] = /^(.*)_(\d+)$/.exec(parse(image).name) ?? [];
    if (digits === undefined || foldName(name!) !== foldName(identity)) continue;
    found.set(Number(digits), [...(found.get(Number(digits)) ?? []), image]);
  }
  return found;
}
