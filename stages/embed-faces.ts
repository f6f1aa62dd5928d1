import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaceModel } from '../src/embeddings/face-model';
import type { Recogniser } from '../src/embeddings/onnx-recogniser';
import { recogniserOptions, type RecogniserChoice } from '../src/embeddings/recogniser-options';
import type { FaceSet } from '../src/faces/face-set';
import type { Stage, StageContext } from '../src/stage';
import { stageTask, type Emit } from '../src/streams/stage-task';

/** Caches a teacher's embeddings of every face and of its mirror image. */
export const embedFaces: Stage<RecogniserChoice> = {
  name: 'embed-faces',
  summary: 'Embeds aligned faces and their mirror images with a teacher: an artifact or any ArcFace-style ONNX file',
  version: 1,
  options: { type: 'object', additionalProperties: false, properties: recogniserOptions('teacher') },
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
  const { openGivenModel } = await import('../src/embeddings/face-model');
  const { openFaceSet } = await import('../src/faces/face-set');
  const { options, inputs, cores } = context;
  const faces = await openFaceSet(inputs['faces']![0]!.folder);
  try {
    const { model, recogniser } = await openGivenModel('teacher', inputs['teacher'], options, {
      faceSize: faces.size,
      cores,
    });
    try {
      emit({ type: 'log', level: 'info', text: describe(model, recogniser) });
      await embedAll(context, faces, recogniser, emit);
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
  const { createEmbeddingSet } = await import('../src/embeddings/embedding-set');
  const { dot, embedViews, normalise } = await import('../src/embeddings/embed-views');
  const { faceSample } = await import('../src/embeddings/face-sample');
  const { embeddingLooks } = await import('../src/embeddings/looks');
  const { viewStatistics } = await import('../src/embeddings/view-statistics');
  const { dim, file, sha256: teacherSha256, preprocessing } = recogniser;
  const facesDigest = context.inputs['faces']![0]!.digest;
  const about = { dim, facesDigest, teacherSha256, preprocessing };
  const set = await createEmbeddingSet(context.output('embeddings'), about);
  const images = Object.entries(faces.info.groups).map(([group, { images: count }]) => [group, count] as const);
  const statistics = viewStatistics(Object.fromEntries(images));
  const sample = faceSample(0);
  let done = 0;
  await embedViews({
    faces,
    rows: faces.rows(),
    recogniser,
    signal: context.signal,
    write: async batch => {
      for (const [i, face] of batch.faces.entries()) {
        const embedding = batch.original.subarray(i * dim, (i + 1) * dim);
        const embeddingFlipped = batch.mirrored.subarray(i * dim, (i + 1) * dim);
        const norm = normalise(embedding, face, file);
        const normFlipped = normalise(embeddingFlipped, face, file);
        const { row, key, identity, group } = face;
        await set.add({ row, key, identity, group, embedding, embeddingFlipped, norm, normFlipped });
        statistics.add(group, norm, dot(embedding, embeddingFlipped));
        sample.offer(face, embedding);
      }
      done += batch.faces.length;
      emit({ type: 'progress', done, total: faces.count, unit: 'faces' });
    },
  });
  await set.close();
  emit({ type: 'metrics', values: { dim, ...statistics.summary() } });
  for (const { file: name, caption, content } of await embeddingLooks(faces, statistics, sample.faces())) {
    await writeFile(join(context.folder, name), content);
    emit({ type: 'look', file: name, caption });
  }
}

function describe({ architecture }: FaceModel, { dim, preprocessing }: Recogniser): string {
  const { channels, layout, mean, scale } = preprocessing;
  return `Teacher ${architecture}: ${dim} values a face, ${layout}, ${channels}, (pixel - ${mean}) / ${scale}`;
}
