import { existsSync } from 'node:fs';
import { join, parse } from 'node:path';
import { alternatives, quote } from '../util/quote';
import type { GroupFiles } from './format';
import { listFolder } from './list-folder';

/** `<identity>/<file>` of the image with a number; errors with what `bad` makes of the problem. */
export type FindImage = (identity: string, index: string, bad: (found: string) => Error) => Promise<string>;

/**
 * Finds images of a group by identity and number, as pair files name them: number 7 is `<identity>_0007.jpg`, with any number
 * of zeros. Holds the file names of the identities that were asked for.
 */
export function imageFinder(group: Pick<GroupFiles, 'name' | 'folder'>): FindImage {
  const identities = new Map<string, ReadonlyMap<number, readonly string[]>>();
  return async (identity, index, bad) => {
    if (!/^\d+$/.test(index)) throw bad(`found image number ${quote(index)}, want a whole number`);
    let images = identities.get(identity);
    if (images === undefined) {
      const folder = join(group.folder, identity);
      if (identity.includes('/') || identity.startsWith('.') || !existsSync(folder)) {
        throw bad(`found identity ${quote(identity)}, which group ${group.name} does not have`);
      }
      images = byNumber(identity, (await listFolder(folder)).images);
      identities.set(identity, images);
    }
    const files = images.get(Number(index)) ?? [];
    if (files.length === 1) return `${identity}/${files[0]!}`;
    if (files.length > 1) throw bad(`found image ${index} of ${quote(identity)}, which may be ${alternatives(files)}`);
    const numbers = [...images.keys()].map(String);
    const has = numbers.length === 0 ? 'none' : alternatives(numbers, 'and');
    throw bad(`found image ${index} of identity ${quote(identity)}, which is not on disk: the identity has ${has}`);
  };
}

function byNumber(identity: string, images: readonly string[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const image of images) {
    const { name } = parse(image);
    const digits = name.startsWith(`${identity}_`) ? name.slice(identity.length + 1) : '';
    if (!/^\d+$/.test(digits)) continue;
    found.set(Number(digits), [...(found.get(Number(digits)) ?? []), image]);
  }
  return found;
}
