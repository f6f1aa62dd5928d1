import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceSetInfo } from '../../src/data/face-set';
import type { PhotoSetInfo } from '../../src/data/photo-set';
import { skippedByGroup } from '../../src/datasets/reading/refuse-skipped';
import { contactSheet } from '../../src/pictures/sheets/contact-sheet';
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

/** Says what was made, what is missing and what is doubtful, and shows it. */
export async function report(
  { folder }: ContextOf<typeof alignFaces>,
  made: { readonly photos: PhotoSetInfo; readonly faces: FaceSetInfo; readonly reused: number },
  { skipped, odd, pictures, residuals, means, sheet }: Findings,
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
  await writeFile(join(folder, 'contact-sheet.jpg'), await sheet.draw('Aligned faces'));
  emit({ type: 'look', file: 'contact-sheet.jpg', caption: 'Aligned faces, one row per group' });
  const meanSheet = await contactSheet(means.tiles(), { columns: 8, title: 'Mean faces' });
  await writeFile(join(folder, 'mean-faces.jpg'), meanSheet);
  emit({ type: 'look', file: 'mean-faces.jpg', caption: 'The mean of the aligned faces of each group' });
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
