import { join, resolve } from 'node:path';
import { UserError } from '../../errors';
import { damageHint } from '../../faces/alignment/damage';
import type { SkipCounts } from '../../data/face-set';
import type { SkippedPhotographs } from '../../faces/alignment/skipped-photographs';
import { percent } from '../../kit/text/percent';
import type { PhotoSet } from '../../data/photo-set';
import { own } from '../../kit/own';

/**
 * Errors with `too-many-skipped` (`UserError`) when more than a share of the photographs of a group gave no face, and with `no-faces`
 * when no photograph did. The message says which groups, how many of each, why, and what to do.
 * @param allowed 0 to 1
 * @param faces groups that have at least one face
 */
export function refuseSkipped(
  photos: Pick<PhotoSet, 'info' | 'root'>,
  skipped: Pick<SkippedPhotographs, 'counts' | 'examples'>,
  allowed: number,
  faces: readonly string[],
): void {
  const { groups } = photos.info;
  const over = skippedByGroup(photos.info, skipped.counts()).filter(
    // A share given as 0.1 must allow 1 of 10 whatever the rounding.
    ({ share }) => share > allowed + 1e-12,
  );
  if (over.length > 0) {
    const enough = Math.ceil(Math.max(...over.map(({ share }) => share)) * 1000) / 1000;
    const counts = over.map(({ text }) => text).join(', ');
    throw new UserError(
      `Cannot align faces: photographs give no face: ${counts}; want at most ${percent(allowed)} of each group. ` +
        `${describe(photos, skipped, over)}Add the rows, replace the files, or leave them out with allowSkipped: ${enough}${damageHint(skipped.counts())}`,
      { code: 'too-many-skipped' },
    );
  }
  if (faces.length === 0 && Object.keys(groups).length > 0) {
    const all = Object.keys(groups).map(group => ({ group }));
    throw new UserError(
      `Cannot align faces: no photograph gives a face. ${describe(photos, skipped, all)}Add the rows or replace the files`,
      { code: 'no-faces' },
    );
  }
}

/** How many photographs of each group gave no face; groups that have lost none are left out. */
export function skippedByGroup(
  { groups }: Pick<PhotoSet['info'], 'groups'>,
  counts: SkipCounts,
): { readonly group: string; readonly share: number; readonly text: string }[] {
  return Object.entries(counts).map(([group, reasons]) => {
    const count = Object.values(reasons).reduce((sum, each) => sum + each, 0);
    const of = own(groups, group)?.images ?? count;
    return { group, share: count / of, text: `${group} ${count} of ${of} (${percent(count / of)})` };
  });
}

/** Photographs in a message. */
const SHOWN = 9;

function describe(
  { info, root }: Pick<PhotoSet, 'info' | 'root'>,
  skipped: Pick<SkippedPhotographs, 'counts' | 'examples'>,
  about: readonly { readonly group: string }[],
): string {
  const isMeant = (name: string): boolean => about.some(({ group }) => group === name);
  const counts = Object.entries(skipped.counts()).flatMap(([group, reasons]) => {
    if (!isMeant(group)) return [];
    const each = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`);
    return `Group ${group}: ${each.join(', ')}${reasons['missing-landmarks'] ? ` (${landmarkFile(info, root, group)})` : ''}.`;
  });
  const first = skipped
    .examples()
    .filter(({ group }) => isMeant(group))
    .slice(0, SHOWN)
    .map(({ path, reason, detail }) => `\n  ${join(root, path)}: ${reason}: ${detail}`)
    .join('');
  return `${counts.join(' ')} The first:${first}\n`;
}

function landmarkFile({ landmarkFiles }: PhotoSet['info'], root: string, group: string): string {
  const file = own(landmarkFiles, group);
  return file === undefined
    ? `no ${group}_lmk.txt was found; name it with the option landmarks of read-faces`
    : resolve(root, file);
}
