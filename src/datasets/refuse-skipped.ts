import { join, resolve } from 'node:path';
import { UserError } from '../errors';
import { damageHint } from '../faces/damage';
import type { SkippedPhotographs } from '../faces/skipped-photographs';
import type { PhotoSet } from './photo-set';

/**
 * Errors with `too-many-skipped` (`UserError`) when more than a share of the photographs gave no face, and with `empty-group`
 * when none of a group did. The message says which, why, and what to do.
 * @param allowed 0 to 1
 * @param faces groups that have at least one face
 */
export function refuseSkipped(
  photos: Pick<PhotoSet, 'info' | 'root'>,
  skipped: Pick<SkippedPhotographs, 'total' | 'counts' | 'examples'>,
  allowed: number,
  faces: readonly string[],
): void {
  const { count, groups } = photos.info;
  const share = count === 0 ? 0 : skipped.total / count;
  // A share given as 0.1 must allow 1 of 10 whatever the rounding.
  if (share > allowed + 1e-12) {
    const enough = Math.ceil(share * 1000) / 1000;
    throw new UserError(
      `Cannot align faces: ${skipped.total} of ${count} photographs give no face, want at most ${Number((allowed * 100).toPrecision(6))} %. ` +
        `${tell(photos, skipped)}Add the rows, replace the files, or leave them out with allowSkipped: ${enough}${damageHint(skipped.counts())}`,
      { code: 'too-many-skipped' },
    );
  }
  const empty = Object.keys(groups).filter(group => !faces.includes(group));
  if (empty.length > 0) {
    throw new UserError(
      `Cannot align faces: no photograph of group ${empty.join(', ')} gives a face. ${tell(photos, skipped)}` +
        'Add the rows or replace the files',
      { code: 'empty-group' },
    );
  }
}

function tell(
  { info, root }: Pick<PhotoSet, 'info' | 'root'>,
  skipped: Pick<SkippedPhotographs, 'counts' | 'examples'>,
): string {
  const counts = Object.entries(skipped.counts()).map(([group, reasons]) => {
    const each = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`);
    return `Group ${group}: ${each.join(', ')}${reasons['missing-landmarks'] ? ` (${landmarkFile(info, root, group)})` : ''}.`;
  });
  const first = skipped
    .examples()
    .map(({ path, reason, detail }) => `\n  ${join(root, path)}: ${reason}: ${detail}`)
    .join('');
  return `${counts.join(' ')} The first:${first}\n`;
}

function landmarkFile({ landmarkFiles }: PhotoSet['info'], root: string, group: string): string {
  const file = landmarkFiles[group];
  return file === undefined
    ? `no ${group}_lmk.txt was found; name it with the option landmarks of read-faces`
    : resolve(root, file);
}
