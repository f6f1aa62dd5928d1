import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { concat, defer, filter, map, scan, type OperatorFunction } from 'rxjs';
import { refuseWithoutRoom } from '../../src/data/room-on-disk';
import { drawAlbums, pairAlbums, planAlbums } from '../../src/drawing/draw-albums';
import { notice } from '../../src/drawing/notice';
import type { DrawingOptions } from '../../src/drawing/drawing-options';
import { markDrawn } from '../../src/faces/drawn';
import { plural } from '../../src/kit/text/human';
import type { Run, StageEvent } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';
import type { synthesizeFaces } from './index';

export const run: Run<typeof synthesizeFaces> = context =>
  defer(() => {
    const { options, folder, cores } = context;
    const photos = context.output('photos');
    const { total } = planAlbums(options);
    return concat(
      stageTask(() => refuseTooMany(total, photos)),
      drawAlbums(photos, options, cores).pipe(progress(total)),
      stageTask(emit => annotate(options, folder, photos, emit)),
    );
  });

/** Bytes. No drawn photo takes less: the smallest of 320 of 112 x 112 has 1,155, for its noise cannot be packed. */
const LEAST_PHOTO = 512;

async function refuseTooMany(total: number, folder: string): Promise<void> {
  await refuseWithoutRoom(folder, { doing: 'draw faces', what: plural(total, 'photo'), bytes: total * LEAST_PHOTO });
}

/** About three times a second on two cores. */
const PHOTOS_A_REPORT = 32;

/** From numbers of photos to reports of progress, not more often than a person can read. */
function progress(total: number): OperatorFunction<number, StageEvent> {
  return photos =>
    photos.pipe(
      scan(({ done }, more) => ({ before: done, done: done + more }), { before: 0, done: 0 }),
      filter(
        ({ before, done }) =>
          done === total || Math.floor(before / PHOTOS_A_REPORT) < Math.floor(done / PHOTOS_A_REPORT),
      ),
      map(({ done }) => ({ type: 'progress', done, total, unit: 'photos' })),
    );
}

/** What the drawn photos need beside them: pairs, a notice, numbers, and how they were drawn. */
async function annotate(options: DrawingOptions, folder: string, photos: string, emit: Emit): Promise<void> {
  emit({ type: 'metrics', values: await pairAlbums(photos, options) });
  await writeFile(join(photos, 'README.txt'), notice(options));
  await markDrawn(photos);
  await writeFile(join(folder, 'drawing.json'), JSON.stringify(options, null, 2) + '\n');
}
