import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmbeddingParts } from '../src/embedding/rows/embedding-parts';
import type { KnownEmbeddings } from '../src/embedding/rows/known-embeddings';
import type { Recogniser } from '../src/embedding/recogniser/onnx-recogniser';
import {
  recogniserCompanions,
  recogniserOptions,
  type RecogniserChoice,
} from '../src/embedding/recogniser/recogniser-options';
import type { RowSource } from '../src/embedding/rows/row-source';
import type { FaceSet } from '../src/data/face-set';
import type { Stage, StageContext } from '../src/stage';
import { stageTask, type Emit } from '../src/stage-task';
import { formatCount, plural } from '../src/kit/text/human';

/** Caches a teacher's embeddings of every face and of its mirror image. */
export const embedFaces: Stage<RecogniserChoice> = {
  name: 'embed-faces',
  summary: 'Embeds aligned faces and their mirror images with a teacher: an artifact or any ArcFace-style ONNX file',
  version: 1,
  rowInputs: ['faces'],
  options: { type: 'object', additionalProperties: false, properties: recogniserOptions('teacher', 'refuse') },
  companions: recogniserCompanions,
  inputs: {
    faces: { type: 'face-set', summary: 'Faces to embed' },
    teacher: { type: 'face-model', summary: 'The teacher; or give the option `model`', optional: true },
  },
  outputs: {
    embeddings: { type: 'embedding-set', summary: 'Embeddings of both views, in the order of the faces' },
  },
  run: context => stageTask(emit => embed(context, emit)),
};

async function embed(context: StageContext<RecogniserChoice>, emit: Emit): Promise<void> {
  const { openGivenModel } = await import('../src/embedding/recogniser/face-model');
  const { aboutRecogniser, describeRecogniser } = await import('../src/embedding/recogniser/describe-recogniser');
  const { examineRecogniser } = await import('../src/embedding/recogniser/examine-recogniser');
  const { settleFindings } = await import('../src/embedding/recogniser/judge-recogniser');
  const { openFaceSet } = await import('../src/data/face-set');
  const { passOnTrainedOn } = await import('../src/leakage/trained-on');
  const { options, inputs, cores, signal } = context;
  const faces = await openFaceSet(inputs['faces']![0]!.folder);
  try {
    const { model, recogniser } = await openGivenModel('teacher', inputs['teacher'], options, {
      faceSize: faces.size,
      cores,
    });
    try {
      emit({ type: 'log', level: 'info', text: describeRecogniser('Teacher', model, recogniser) });
      const examination = await examineRecogniser({ faces, rows: faces.rows(), recogniser, signal });
      const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
      settleFindings(examination, options.suspicious ?? 'refuse', warn);
      emit({ type: 'metrics', values: { teacher: aboutRecogniser(model, recogniser, examination) } });
      await embedAll(context, faces, recogniser, emit);
      const teacher = inputs['teacher']?.[0];
      if (teacher) await passOnTrainedOn(teacher.folder, context.output('embeddings'));
    } finally {
      await recogniser.close();
    }
  } finally {
    await faces.close();
  }
}

async function embedAll(
  context: StageContext<RecogniserChoice>,
  faces: FaceSet,
  recogniser: Recogniser,
  emit: Emit,
): Promise<void> {
  const { createEmbeddingSet } = await import('../src/embedding/rows/embedding-set');
  const { dotProduct } = await import('../src/embedding/views/embed-views');
  const { embedRows } = await import('../src/embedding/rows/embed-rows');
  const { faceSample } = await import('../src/embedding/views/face-sample');
  const { refuseWithoutRoom } = await import('../src/data/room-on-disk');
  const { embeddingLooks } = await import('../src/embedding/views/looks');
  const { viewStatistics } = await import('../src/embedding/views/view-statistics');
  const { dim, sha256: teacherSha256, preprocessing, sources: statedBy } = recogniser;
  const facesDigest = context.inputs['faces']![0]!.digest;
  const images = Object.entries(faces.info.groups).map(([group, { images: count }]) => [group, count] as const);
  const statistics = viewStatistics(Object.fromEntries(images));
  const sample = faceSample(0);
  const { parts, known, sources } = await openKnown(context, recogniser, emit);
  const total = faces.count;
  if (parts.foundRows > 0)
    emit({ type: 'resumed', at: `face ${formatCount(parts.foundRows)} of ${formatCount(total)}` });
  // Both views.
  const bytes = total * 2 * dim * Float32Array.BYTES_PER_ELEMENT;
  await refuseWithoutRoom(context.output('embeddings'), { doing: 'embed faces', what: plural(total, 'face'), bytes });
  const about = { dim, facesDigest, teacherSha256, preprocessing, statedBy };
  const set = await createEmbeddingSet(context.output('embeddings'), about);
  try {
    const reused = await embedRows({
      faces,
      recogniser,
      known,
      signal: context.signal,
      keep: computed => parts.add(computed),
      write: async (face, embeddings) => {
        const { row, identity, group } = face;
        const { embedding, embeddingFlipped, norm } = embeddings;
        await set.add({ ...embeddings, row, identity, group });
        statistics.add(group, norm, dotProduct(embedding, embeddingFlipped));
        sample.offer(face, embedding);
      },
      onProgress: done => emit({ type: 'progress', done, total, unit: 'faces' }),
    });
    emit({ type: 'rows', reused, total });
  } catch (error) {
    // Less than a part, but somebody waited for it.
    if (context.signal.aborted) await parts.flush();
    throw error;
  } finally {
    for (const source of sources) await source.close();
    await set.close();
  }
  emit({ type: 'metrics', values: { dim, ...statistics.summary() } });
  for (const { file: name, caption, content } of await embeddingLooks(faces, statistics, sample.faces())) {
    await writeFile(join(context.folder, name), content);
    emit({ type: 'look', file: name, caption });
  }
}

/** What need not be computed: rows of an interrupted attempt, and of earlier artifacts. */
async function openKnown(
  { checkpoints, earlier }: StageContext<RecogniserChoice>,
  { dim, sha256: teacherSha256, preprocessing }: Recogniser,
  emit: Emit,
): Promise<{ parts: EmbeddingParts; known: KnownEmbeddings; sources: readonly RowSource[] }> {
  const { earlierEmbeddings } = await import('../src/embedding/rows/earlier-embeddings');
  const { openParts } = await import('../src/embedding/rows/embedding-parts');
  const { knownEmbeddings } = await import('../src/embedding/rows/known-embeddings');
  const warn = (text: string): void => emit({ type: 'log', level: 'warn', text });
  const teacher = { dim, teacherSha256, preprocessing: JSON.stringify(preprocessing) };
  const parts = await openParts(checkpoints, teacher, warn);
  const sources = [...parts.found];
  for (const artifact of earlier) {
    const source = await earlierEmbeddings(artifact.output('embeddings'), teacher, warn);
    if (source) sources.push(source);
  }
  return { parts, known: await knownEmbeddings(sources), sources };
}
