import { createHash } from 'node:crypto';
import type { Json } from '../../stage';
import type { Samples } from './samples';
import type { TrainingJob } from './training-job';

/** What equal trainings agree in: the recipe, what is learnt and in which order, and what computes. */
export function trainingIdentity(job: TrainingJob, samples: Samples): Json {
  const { backbone, recipe, engine, precision = 'f32', faces, selection, embeddings } = job;
  return {
    backbone: backbone.name,
    // Plain data, too.
    initialisation: (backbone.initialisation ?? null) as unknown as Json,
    // Plain data, which TypeScript does not see.
    recipe: { ...recipe } as unknown as Json,
    engine,
    precision,
    faces: faces.map(({ digest }) => digest),
    selection: selection?.digest ?? null,
    embeddings: embeddings.map(({ digest }) => digest),
    images: samples.count,
    samples: digestOf(samples),
  };
}

function digestOf({ sets, rows, labels, classes }: Samples): string {
  const hash = createHash('sha256').update(JSON.stringify(classes));
  for (const { buffer, byteOffset, byteLength } of [sets, rows, labels]) {
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
