import { join } from 'node:path';
import type { FaceSetInfo } from '../../src/data/face-set';
import type { PhotoSetInfo } from '../../src/data/photo-set';
import { writeTiles } from '../../src/data/tiles';
import { skippedByGroup } from '../../src/datasets/reading/refuse-skipped';
import type { ContextOf } from '../../src/stage';
import type { Emit } from '../../src/stage-task';
import type { Findings } from './findings';
import type { alignFaces } from './index';

export function reportDoubtfulPictures(warnings: readonly string[], emit: Emit): void {
  for (const text of warnings) {
    emit({ type: 'log', level: 'warn', text });
    emit({ type: 'headline', text: `Doubtful ${text}` });
  }
}

/** Says what was made, what is missing and what is doubtful, and keeps what its pictures need. */
export async function report(
  { folder }: ContextOf<typeof alignFaces>,
  made: { readonly photos: PhotoSetInfo; readonly faces: FaceSetInfo; readonly reused: number },
  { skipped, odd, pictures, residuals, means }: Findings,
  emit: Emit,
): Promise<void> {
  emit({ type: 'rows', reused: made.reused, total: made.faces.count });
  emit({
    type: 'metrics',
    values: {
      faces: made.faces.count,
      groups: made.faces.groups,
      skipped: skipped.counts(),
      residual: residuals.summary(),
      landmarks: odd.summary(),
      pictures: pictures.summary(),
    },
  });
  if (skipped.total > 0) reportSkipped(made.photos, skipped, emit);
  for (const text of odd.warnings()) {
    emit({ type: 'log', level: 'warn', text });
    emit({ type: 'headline', text: `Doubtful ${text}` });
  }
  if (odd.total > 0)
    emit({ type: 'look', file: 'odd-landmarks.csv', caption: 'Landmark rows that look wrong, and what would fit' });
  await writeTiles(join(folder, 'mean-faces.tiles'), { columns: 8, tiles: means.tiles() });
}

function reportSkipped(photos: PhotoSetInfo, skipped: Findings['skipped'], emit: Emit): void {
  const lost = skippedByGroup(photos, skipped.counts())
    .map(({ text }) => text)
    .join(', ');
  const text = `${skipped.total} of ${photos.count} photographs give no face (${lost}): see skipped.csv`;
  emit({ type: 'log', level: 'warn', text });
  emit({ type: 'headline', text: `Photographs that gave no face: ${lost}` });
  emit({ type: 'look', file: 'skipped.csv', caption: 'Photographs that gave no face, and why' });
}
