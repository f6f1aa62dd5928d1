import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PhotoRow } from '../src/data/photo-set';
import type { Aligned } from '../src/faces/alignment/align';
import { FACE_SIZES } from '../src/faces/alignment/template';
import type { Json, Stage } from '../src/stage';
import { stageTask } from '../src/stage-task';
import { plural } from '../src/kit/text/human';
import { own } from '../src/kit/own';

interface AlignFacesOptions {
  readonly size: number;
  readonly template: 'arcface';
  readonly allowSkipped: number;
  readonly damaged?: 'fail' | 'skip';
  readonly oddLandmarks?: 'fail' | 'warn';
}

/** Reasons to give no face that speak of the landmarks' order; the others say nothing of a face. */
const TELLING: ReadonlySet<string> = new Set(['landmarks-not-a-face', 'landmarks-outside-image']);

/** Cuts a face out of every photograph, so that its landmarks lie where recognisers expect them. */
export const alignFaces: Stage<AlignFacesOptions> = {
  name: 'align-faces',
  summary: 'Aligns faces to the ArcFace template by a similarity transform of five landmarks',
  version: 1,
  rowInputs: ['photos'],
  options: {
    type: 'object',
    additionalProperties: false,
    properties: {
      size: {
        type: 'integer',
        enum: FACE_SIZES,
        default: 112,
        description: 'Edge of an aligned face in pixels: a multiple of 112, or of 128',
      },
      template: {
        type: 'string',
        enum: ['arcface'],
        default: 'arcface',
        description: 'Where the landmarks come to lie',
      },
      allowSkipped: {
        type: 'number',
        minimum: 0,
        maximum: 1,
        default: 0,
        description:
          'Share of the photographs of each group that may be left out because landmarks are missing or degenerate, or the file is damaged',
      },
      damaged: {
        type: 'string',
        enum: ['fail', 'skip'],
        default: 'fail',
        description:
          'Photographs that are empty, cut short, overwritten or no pictures: `fail` counts them in allowSkipped; `skip` leaves them out and lists them without counting them there',
      },
      oddLandmarks: {
        type: 'string',
        enum: ['fail', 'warn'],
        default: 'fail',
        description:
          'A group whose landmarks are in another order, of other photographs or of other copies of them: `fail`, or `warn` and align by them all the same',
      },
    },
  },
  inputs: { photos: { type: 'photo-set', summary: 'Photographs with landmarks' } },
  outputs: { faces: { type: 'face-set', summary: 'Aligned faces, in the order of the photographs' } },
  run: context =>
    stageTask(async emit => {
      const { openPhotoSet } = await import('../src/data/photo-set');
      const { readPhotograph } = await import('../src/datasets/reading/read-photograph');
      const { refuseSkipped, skippedByGroup } = await import('../src/datasets/reading/refuse-skipped');
      const { alignFace, lookAt } = await import('../src/faces/alignment/align');
      const { contactSheet } = await import('../src/pictures/sheets/contact-sheet');
      const { createFaceSet } = await import('../src/data/face-set');
      const { groupSheet } = await import('../src/pictures/sheets/group-sheet');
      const { faceSource, knownFaces } = await import('../src/faces/alignment/known-faces');
      const { meanFaces } = await import('../src/faces/alignment/mean-faces');
      const { oddLandmarks } = await import('../src/faces/checks/odd-landmarks');
      const { oddPictures } = await import('../src/faces/checks/odd-pictures');
      const { withoutDamage } = await import('../src/faces/alignment/damage');
      const { isLookedAt } = await import('../src/faces/checks/row-judge');
      const { residualStatistics } = await import('../src/faces/checks/residual-statistics');
      const { refuseWithoutRoom } = await import('../src/data/room-on-disk');
      const { skippedPhotographs } = await import('../src/faces/alignment/skipped-photographs');
      const { arcfaceTemplate } = await import('../src/faces/alignment/template');
      const { pooled } = await import('../src/kit/streams/pooled');

      const { options, folder, cores, signal } = context;
      const { size } = options;
      const shape = { size, template: options.template };
      const template = arcfaceTemplate(size);
      const photos = await openPhotoSet(context.inputs['photos']![0]!.folder);
      // Fewer faces are an error in the end, but for damaged files where those do not count.
      const fewest = options.damaged === 'skip' ? 0 : Math.floor(photos.info.count * (1 - options.allowSkipped));
      await refuseWithoutRoom(context.output('faces'), {
        ...{ doing: 'align faces', what: plural(fewest, 'face'), bytes: fewest * size * size * 3 },
      });
      const earlier = context.earlier.map(artifact => artifact.output('faces'));
      const known = await knownFaces(earlier, shape, text => emit({ type: 'log', level: 'warn', text }));
      const faces = await createFaceSet(context.output('faces'), { ...shape, drawn: photos.info.drawn });
      const skipped = skippedPhotographs(join(folder, 'skipped.csv'));
      const odd = oddLandmarks(join(folder, 'odd-landmarks.csv'), options.oddLandmarks ?? 'fail', group => {
        const file = own(photos.info.landmarkFiles, group);
        return file === undefined ? undefined : resolve(photos.root, file);
      });
      const pictures = oddPictures(size);
      const residuals = residualStatistics();
      const sheet = groupSheet(size, 10);
      const means = meanFaces(size);
      const total = photos.info.count;
      let reused = 0;
      // Also of those whose faces are known: what is found must not depend on what was there before.
      const isLooked = ({ sha256, group }: PhotoRow): boolean => isLookedAt(sha256, photos.info.groups[group]!.images);
      const aligned = pooled({
        source: photos.rows(),
        concurrency: 2 * cores,
        work: async photo => {
          signal.throwIfAborted();
          const source = photo.landmarks && faceSource(photo.sha256, photo.landmarks, shape);
          const taken = source && (await known.find(source));
          const looked = isLooked(photo);
          if (!taken) {
            const options = { ...shape, template, name: photo.path, isLookedAt: looked };
            const face: Aligned = await alignFace(await readPhotograph(photos, photo), photo.landmarks, options);
            return { photo, source, taken, face, image: face.image };
          }
          const image = looked ? await lookAt(await readPhotograph(photos, photo), photo.path) : undefined;
          return { photo, source, taken, face: { ok: true as const, ...taken }, image };
        },
        commit: async ({ photo, source, taken, face, image }, index) => {
          const { path, identity, group, domain, landmarks } = photo;
          if (landmarks && (face.ok || TELLING.has(face.reason))) await odd.add(photo, landmarks, image);
          if (face.ok) {
            // As the table keeps it: what is told of a face must not depend on where it comes from.
            const residual = Math.fround(face.residual);
            const about = { path, identity, group, domain, residual, photo: photo.sha256, ...(source && { source }) };
            await faces.add({ ...about, ...(taken && { key: taken.key }) }, face.pixels);
            residuals.add(group, residual);
            means.add(group, face.pixels);
            pictures.add(photo, face.pixels);
            sheet.offer(photo, face.pixels);
            if (taken) reused++;
          } else {
            await skipped.add({ path, group, identity, reason: face.reason, detail: face.detail });
          }
          return index + 1;
        },
      });
      try {
        await aligned.forEach(done => {
          if (done % 100 === 0 || done === total) emit({ type: 'progress', done, total, unit: 'photographs' });
        });
      } catch (error) {
        await faces.abort();
        throw error;
      } finally {
        await photos.close();
        await known.close();
        await skipped.close();
        await odd.close();
      }
      const recorded = pictures.judge(means.means());
      // Before landmarks are refused: odd pictures may be why they do not fit.
      for (const text of recorded.warnings) {
        emit({ type: 'log', level: 'warn', text });
        emit({ type: 'headline', text: `Doubtful ${text}` });
      }
      const info = await faces.close(skipped.counts(), listsOfBoth(odd.doubts(), recorded.doubts));
      odd.refuse();
      refuseSkipped(
        photos,
        options.damaged === 'skip' ? withoutDamage(skipped) : skipped,
        options.allowSkipped,
        Object.keys(info.groups),
      );

      const metrics: Record<string, Json> = {
        faces: info.count,
        groups: info.groups,
        skipped: skipped.counts(),
        residual: residuals.summary(),
        landmarks: odd.summary(),
        pictures: pictures.summary(),
      };
      emit({ type: 'rows', reused, total: info.count });
      emit({ type: 'metrics', values: metrics });
      if (skipped.total > 0) {
        const lost = skippedByGroup(photos.info, skipped.counts())
          .map(({ text }) => text)
          .join(', ');
        emit({
          type: 'log',
          level: 'warn',
          text: `${skipped.total} of ${total} photographs give no face (${lost}): see skipped.csv`,
        });
        emit({ type: 'headline', text: `Photographs that gave no face: ${lost}` });
        emit({ type: 'look', file: 'skipped.csv', caption: 'Photographs that gave no face, and why' });
      }
      for (const text of odd.warnings()) {
        emit({ type: 'log', level: 'warn', text });
        emit({ type: 'headline', text: `Doubtful ${text}` });
      }
      if (odd.total > 0) {
        emit({ type: 'look', file: 'odd-landmarks.csv', caption: 'Landmark rows that look wrong, and what would fit' });
      }
      await writeFile(join(folder, 'contact-sheet.jpg'), await sheet.draw('Aligned faces'));
      emit({ type: 'look', file: 'contact-sheet.jpg', caption: 'Aligned faces, one row per group' });
      const meanSheet = await contactSheet(means.tiles(), { columns: 8, title: 'Mean faces' });
      await writeFile(join(folder, 'mean-faces.jpg'), meanSheet);
      emit({ type: 'look', file: 'mean-faces.jpg', caption: 'The mean of the aligned faces of each group' });
    }),
};

type Lists = Readonly<Record<string, readonly string[]>>;

function listsOfBoth(one: Lists, other: Lists): Lists {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return Object.fromEntries(names.map(name => [name, [...(own(one, name) ?? []), ...(own(other, name) ?? [])]]));
}
