import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddingSet } from '../../src/data/embedding-set';
import { createFaceSet, openFaceSet } from '../../src/data/face-set';
import { seededRandom } from '../../src/kit/math/random';
import type { BatchSource } from '../../src/learning/training/batches';
import { readSamples } from '../../src/learning/training/samples';
import { openTeacherVectors } from '../../src/learning/training/teacher-vectors';

const SIZE = 112;
const DIM = 512;
const IDENTITIES = 200;
/** What a pixel of noise is made of: as many bytes, drawn once, and read from another place for every face. */
const NOISE = 1 << 22;

export interface DrawnSource {
  readonly source: BatchSource & { readonly teacher: object };
  readonly folder: string;
  close(): Promise<void>;
}

/** Faces of 112 x 112 noise on disk, with teacher vectors of 512 values. The caller removes the folder. */
export async function drawnSource(count: number): Promise<DrawnSource> {
  const folder = await mkdtemp(join(tmpdir(), 'fairdistill-bench-'));
  const input = { stage: 'align', folder: await drawnFaces(join(folder, 'faces'), count), digest: 'sha256:faces' };
  const embeddings = { stage: 'embed', folder: await drawnEmbeddings(join(folder, 'embeddings'), count), digest: '' };
  const faces = await openFaceSet(input.folder);
  const sources = [{ input, faces }];
  const teacher = await openTeacherVectors(sources, [embeddings], DIM);
  return {
    source: { sources, samples: await readSamples(sources), teacher },
    folder,
    async close() {
      await teacher.close();
      await faces.close();
    },
  };
}

/** A face set of noise in a new folder, whose path it returns. */
export async function drawnFaces(folder: string, count: number): Promise<string> {
  await mkdir(folder);
  const random = seededRandom(1, 'noise');
  const noise = Uint8Array.from({ length: NOISE }, () => random.integer(256));
  const writer = await createFaceSet(folder, { size: SIZE });
  const bytes = SIZE * SIZE * 3;
  for (let i = 0; i < count; i++) {
    const start = random.integer(NOISE - bytes);
    const about = { identity: `i${i % IDENTITIES}`, group: 'A', domain: 'real', residual: 0, path: `${i}.png` };
    await writer.add(about, noise.subarray(start, start + bytes));
  }
  await writer.close();
  return folder;
}

async function drawnEmbeddings(folder: string, count: number): Promise<string> {
  await mkdir(folder);
  const preprocessing = { size: SIZE, layout: 'NCHW', channels: 'RGB', mean: 127.5, scale: 127.5 } as const;
  const about = { dim: DIM, facesDigest: 'sha256:faces', teacherSha256: 'noise', preprocessing };
  const writer = await createEmbeddingSet(folder, about);
  for (let row = 0; row < count; row++) {
    const vector = (sign: number): Float32Array => Float32Array.from({ length: DIM }, (_, i) => sign * (row + i / DIM));
    const views = { embedding: vector(1), embeddingFlipped: vector(-1) };
    await writer.add({ row, key: '', identity: '', group: 'A', ...views, norm: 1, normFlipped: 1 });
  }
  await writer.close();
  return folder;
}
