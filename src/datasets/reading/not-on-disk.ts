import { UserError } from '../../errors';
import { composed } from '../../kit/text/fold-name';
import { percent } from '../../kit/text/percent';
import { textIndex, type TextIndex } from '../../kit/text/text-index';
import type { PhotoSetInfo } from '../../data/photo-set';
import { own } from '../../kit/own';

/** Photographs that landmark rows or pairs name and that are not there. Holds their names. */
export interface NotOnDisk {
  /**
   * @param image `<identity>/<file>`; the same one counts once, however often it is named
   * @param found what says so, in words, with file:line
   */
  add(group: string, image: string, found: string): void;
  /** By group; groups that miss none are left out. */
  counts(): Record<string, number>;
  /** What was added first. */
  first(group: string): string;
}

export function notOnDisk(): NotOnDisk {
  const groups = new Map<string, { readonly images: TextIndex; readonly first: string }>();
  return {
    add(group, image, found) {
      const known = groups.get(group) ?? { images: textIndex(), first: found };
      groups.set(group, known);
      known.images.add(keyOf(image));
    },
    counts: () => Object.fromEntries([...groups].map(([group, { images }]) => [group, images.size])),
    first: group => groups.get(group)?.first ?? '',
  };
}

/** Pairs name a number, rows a file: `m.1_7.png` is `m.1_0007.jpg`. */
function keyOf(image: string): string {
  return composed(image).replace(/_0*(\d+)\.[^./]*$/, '_$1');
}

/**
 * Errors with `photographs-missing` (`UserError`) when a group that has photographs lacks more than a share of those that are named, and
 * names each such group. One without any has no number that could be wrong: it is in the result with its reason.
 * @param present photographs on disk by group
 * @param allowed 0 to 1
 */
export function refuseMissing(missing: NotOnDisk, present: PhotoSetInfo['groups'], allowed: number): void {
  const over = Object.entries(missing.counts()).flatMap(([group, count]) => {
    const on = own(present, group)?.images ?? 0;
    const share = count / (count + on);
    // A share given as 0.1 must allow 1 of 10 whatever the rounding.
    return on > 0 && share > allowed + 1e-12 ? [{ group, count, of: count + on, share }] : [];
  });
  if (over.length === 0) return;
  const lines = over.map(
    ({ group, count, of, share }) =>
      `\n  Group ${group}: ${count} of ${of} (${percent(share)}), the first in ${missing.first(group)}`,
  );
  const enough = Math.ceil(Math.max(...over.map(({ share }) => share)) * 1000) / 1000;
  throw new UserError(
    `Cannot read faces: photographs that landmark rows or pairs name are not on disk, want at most ${percent(allowed)} of each group:` +
      `${lines.join('')}\nPut them there, mend the text files, or continue without them: set allowMissing: ${enough}`,
    { code: 'photographs-missing' },
  );
}
