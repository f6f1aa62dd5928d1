import { createFaceSet, type FaceSetWriter } from '../../src/data/face-set';
import { openPhotoSet, type PhotoSet } from '../../src/data/photo-set';
import { refuseWithoutRoom } from '../../src/data/room-on-disk';
import { refuseSkipped } from '../../src/datasets/reading/refuse-skipped';
import { withoutDamage } from '../../src/faces/alignment/damage';
import { knownFaces } from '../../src/faces/alignment/known-faces';
import { own } from '../../src/kit/own';
import { pooled } from '../../src/kit/streams/pooled';
import { plural } from '../../src/kit/text/human';
import type { ContextOf, Run } from '../../src/stage';
import { stageTask, type Emit } from '../../src/stage-task';
import { faceCutter } from './cut-face';
import { openFindings, type Findings } from './findings';
import type { alignFaces } from './index';
import { report, reportDoubtfulPictures } from './report';

type Context = ContextOf<typeof alignFaces>;

export const run: Run<typeof alignFaces> = context => stageTask(emit => align(context, emit));

async function align(context: Context, emit: Emit): Promise<void> {
  const { options, inputs } = context;
  const photos = await openPhotoSet(inputs.photos.folder);
  await refuseTooMany(context, photos.info.count);
  const findings = openFindings(context, photos);
  const faces = await createFaceSet(context.output('faces'), { ...shapeOf(context), drawn: photos.info.drawn });
  const reused = await cutAll(context, photos, faces, findings, emit);
  const { skipped, odd, pictures, means } = findings;
  const recorded = pictures.judge(means.means());
  // Before landmarks are refused: odd pictures may be why they do not fit.
  reportDoubtfulPictures(recorded.warnings, emit);
  const info = await faces.close(skipped.counts(), listsOfBoth(odd.doubts(), recorded.doubts));
  odd.refuse();
  const counted = options.damaged === 'skip' ? withoutDamage(skipped) : skipped;
  refuseSkipped(photos, counted, options.allowSkipped, Object.keys(info.groups));
  await report(context, { photos: photos.info, faces: info, reused }, findings, emit);
}

function shapeOf({ options: { size, template } }: Context) {
  return { size, template };
}

async function refuseTooMany(context: Context, photos: number): Promise<void> {
  const { damaged, allowSkipped, size } = context.options;
  // Fewer faces are an error in the end, but for damaged files where those do not count.
  const fewest = damaged === 'skip' ? 0 : Math.floor(photos * (1 - allowSkipped));
  const bytes = fewest * size * size * 3;
  await refuseWithoutRoom(context.output('faces'), { doing: 'align faces', what: plural(fewest, 'face'), bytes });
}

/** Writes a face for every photograph that gives one, in their order; returns how many were taken from earlier artifacts. */
async function cutAll(
  context: Context,
  photos: PhotoSet,
  faces: FaceSetWriter,
  findings: Findings,
  emit: Emit,
): Promise<number> {
  const earlier = context.earlier.map(artifact => artifact.output('faces'));
  const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
  const known = await knownFaces(earlier, shapeOf(context), warn);
  const cut = faceCutter(context, photos, known);
  const total = photos.info.count;
  let reused = 0;
  const aligned = pooled({
    source: photos.rows(),
    concurrency: 2 * context.cores,
    work: photo => {
      context.signal.throwIfAborted();
      return cut(photo);
    },
    commit: async (cutting, index) => {
      const found = await findings.add(cutting);
      if (found) {
        const { photo, source, taken } = cutting;
        const { path, identity, group, domain, sha256 } = photo;
        const about = { path, identity, group, domain, residual: found.residual, photo: sha256 };
        await faces.add({ ...about, ...(source && { source }), ...(taken && { key: taken.key }) }, found.pixels);
        if (taken) reused++;
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
    await findings.close();
  }
  return reused;
}

type Lists = Readonly<Record<string, readonly string[]>>;

function listsOfBoth(one: Lists, other: Lists): Lists {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();
  return Object.fromEntries(names.map(name => [name, [...(own(one, name) ?? []), ...(own(other, name) ?? [])]]));
}
