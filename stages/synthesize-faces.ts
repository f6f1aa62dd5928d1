import { concat, defer, filter, map, scan, switchMap, type OperatorFunction } from 'rxjs';
import { MOST_OF_EACH, type DrawingOptions } from '../src/drawing/photo-plan';
import type { OptionSchema, Stage, StageEvent } from '../src/stage';
import { stageTask, type Emit } from '../src/stage-task';
import { plural } from '../src/kit/text/human';

/** Draws photographs of parametric faces, so that the pipelines run on a machine without any data set. */
export const synthesizeFaces: Stage<DrawingOptions> = {
  name: 'synthesize-faces',
  summary:
    'Draws photographs of parametric faces (of nobody) with landmarks, groups and verification pairs, laid out as RFW',
  version: 1,
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      seed: { type: 'integer', minimum: 0, default: 1, description: 'The same seed gives the same bytes' },
      domain: {
        type: 'string',
        enum: ['real', 'synthetic'],
        default: 'real',
        description:
          'Stand-in for photographs with rich circumstances, or for the tidier output of a face generator with its artefacts',
      },
      groups: {
        type: 'array',
        items: { type: 'string', enum: ['A', 'B', 'C', 'D'] },
        minItems: 1,
        uniqueItems: true,
        default: ['A', 'B', 'C', 'D'],
        description: 'Groups to draw; they differ in the distribution of parameters and are no groups of people',
      },
      trainIdentities: count('Identities of each group in the train split; 0 leaves the split out', 0, 20),
      trainImages: count('Photos of each identity in the train split', 1, 6),
      testIdentities: count(
        'Identities of each group in the test split, none of them in train; 0 leaves it out',
        0,
        40,
      ),
      testImages: count('Photos of each identity in the test split', 1, 4),
      pairsPerFold: count('Genuine pairs, and as many impostor pairs, in each of the 10 folds of each group', 1, 12),
      size: { type: 'integer', minimum: 112, maximum: 1024, default: 200, description: 'Side of a photo in pixels' },
    },
  },
  inputs: {},
  outputs: {
    photos: { type: 'photo-folder', summary: 'Photographs with landmarks, people and pairs, laid out as RFW' },
  },
  run: context =>
    defer(() => import('../src/drawing/draw-albums')).pipe(
      switchMap(({ drawAlbums, planAlbums }) => {
        const { total } = planAlbums(context.options);
        return concat(
          stageTask(() => refuseTooMany(total, context.output('photos'))),
          drawAlbums(context.output('photos'), context.options, context.cores).pipe(progress(total)),
          stageTask(emit => annotate(context.options, context.folder, context.output('photos'), emit)),
        );
      }),
    ),
};

function count(description: string, minimum: number, preset: number): OptionSchema {
  return { type: 'integer', minimum, maximum: MOST_OF_EACH, default: preset, description };
}

/** Octets. No drawn photo takes less: the smallest of 320 of 112 x 112 has 1,155, for its noise cannot be packed. */
const LEAST_PHOTO = 512;

async function refuseTooMany(total: number, folder: string): Promise<void> {
  const { refuseWithoutRoom } = await import('../src/data/room-on-disk');
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

/** What the drawn photos need beside them: pairs, a notice, numbers and something to look at. */
async function annotate(options: DrawingOptions, folder: string, photos: string, emit: Emit): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  const path = await import('node:path');
  const { albumSheet } = await import('../src/drawing/album-sheet');
  const { pairAlbums } = await import('../src/drawing/draw-albums');
  const { notice } = await import('../src/drawing/notice');
  const { markDrawn } = await import('../src/faces/drawn');

  emit({ type: 'metrics', values: await pairAlbums(photos, options) });
  await writeFile(path.join(photos, 'README.txt'), notice(options));
  await markDrawn(photos);
  await writeFile(path.join(folder, 'contact-sheet.jpg'), await albumSheet(photos, options));
  emit({
    type: 'look',
    file: 'contact-sheet.jpg',
    caption: `Drawn faces of the ${options.domain} domain. The groups are no groups of people`,
  });
}
