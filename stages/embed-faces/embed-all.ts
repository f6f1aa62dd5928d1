import { join } from 'node:path';
import type { FaceSet } from '../../src/data/face-set';
import { refuseWithoutRoom } from '../../src/data/room-on-disk';
import { writeTiles } from '../../src/data/tiles';
import type { Recogniser } from '../../src/embedding/recogniser/onnx-recogniser';
import { earlierEmbeddings } from '../../src/embedding/rows/earlier-embeddings';
import { embedRows } from '../../src/embedding/rows/embed-rows';
import { openParts, type EmbeddingParts } from '../../src/embedding/rows/embedding-parts';
import { createEmbeddingSet } from '../../src/data/embedding-set';
import { knownEmbeddings, type KnownEmbeddings } from '../../src/embedding/rows/known-embeddings';
import type { RowSource } from '../../src/embedding/rows/row-source';
import { dotProduct } from '../../src/embedding/views/embed-views';
import { faceSample } from '../../src/embedding/views/face-sample';
import { nearestStrangers } from '../../src/embedding/views/nearest-strangers';
import { writeSample } from '../../src/embedding/views/sample-file';
import { viewStatistics } from '../../src/embedding/views/view-statistics';
import { formatCount, plural } from '../../src/kit/text/human';
import type { ContextOf } from '../../src/stage';
import type { Emit } from '../../src/stage-task';
import type { embedFaces } from './index';

/** Embeds every face that is not known yet, and writes all in the order of the faces. */
export async function embedAll(
  context: ContextOf<typeof embedFaces>,
  faces: FaceSet,
  recogniser: Recogniser,
  emit: Emit,
): Promise<void> {
  const { dim, sha256: teacherSha256, preprocessing, sources: statedBy } = recogniser;
  const facesDigest = context.inputs.faces.digest;
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
  await writeSample(join(context.folder, 'sample.parquet'), sample.faces(), dim);
  await writeTiles(join(context.folder, 'nearest.tiles'), await nearestStrangers(faces, sample.faces()));
}

/** What need not be computed: rows of an interrupted attempt, and of earlier artifacts. */
async function openKnown(
  { checkpoints, earlier }: ContextOf<typeof embedFaces>,
  { dim, sha256: teacherSha256, preprocessing }: Recogniser,
  emit: Emit,
): Promise<{ parts: EmbeddingParts; known: KnownEmbeddings; sources: readonly RowSource[] }> {
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
