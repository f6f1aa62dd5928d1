import { contactSheet, type Tile } from '../../pictures/sheets/contact-sheet';
import type { FaceSet } from '../../data/face-set';
import { histogram } from '../../pictures/charts/histogram';
import { nearestStranger, pairCosines, type SampledFace } from './face-sample';
import type { ViewStatistics } from './view-statistics';

/** A file for the artifact's folder that shows something. */
export interface DrawnLook {
  readonly file: string;
  readonly caption: string;
  readonly content: string | Buffer;
}

const PAIRS = 24;

/** What a person looks at to see whether embeddings are sound. */
export async function embeddingLooks(
  faces: FaceSet,
  statistics: ViewStatistics,
  sample: readonly SampledFace[],
): Promise<DrawnLook[]> {
  const looks = [normLook(statistics), similarityLook(sample)];
  return [...looks, await nearestLook(faces, sample)];
}

/** Faces with a line of text each, read from the face set. */
export function faceTiles(
  faces: FaceSet,
  wanted: readonly { readonly row: number; readonly label: string }[],
): Promise<Tile[]> {
  const { size } = faces;
  return Promise.all(
    wanted.map(async ({ row, label }) => {
      const pixels = new Uint8Array(size * size * 3);
      await faces.readPixels(row, pixels);
      return { pixels, width: size, height: size, label };
    }),
  );
}

function normLook(statistics: ViewStatistics): DrawnLook {
  const series = statistics.norms().filter(({ values }) => values.length > 0);
  const content = histogram({ title: 'Norm of the embedding by group', x: { label: 'L2 norm' }, series });
  return { file: 'norms.svg', caption: 'Norm of the raw embedding of every face, by group', content };
}

function similarityLook(sample: readonly SampledFace[]): DrawnLook {
  const { genuine, impostor } = pairCosines(sample);
  const series = [
    { name: `genuine (${genuine.length} pairs)`, values: genuine },
    { name: `impostor (${impostor.length} pairs)`, values: impostor },
  ].filter(({ values }) => values.length > 0);
  const content = histogram({ title: 'Similarity of faces in a sample', x: { label: 'cosine' }, series });
  return { file: 'similarity.svg', caption: `Cosines of all pairs of a sample of ${sample.length} faces`, content };
}

/** Evenly spaced faces of the sample, each beside the stranger who is most like it. */
async function nearestLook(faces: FaceSet, sample: readonly SampledFace[]): Promise<DrawnLook> {
  const shown = Math.min(PAIRS, sample.length);
  const chosen = Array.from({ length: shown }, (_, i) => sample[Math.floor((i * sample.length) / shown)]!);
  const wanted = chosen.flatMap(one => {
    const nearest = nearestStranger(one, sample);
    if (!nearest) return [];
    return [
      { row: one.face.row, label: `${one.face.group} ${one.face.identity}` },
      { row: nearest.stranger.face.row, label: `cosine ${nearest.cosine.toFixed(2)}: ${nearest.stranger.face.group}` },
    ];
  });
  const content = await contactSheet(await faceTiles(faces, wanted), {
    columns: 8,
    title: 'Faces, each with its nearest stranger',
  });
  return { file: 'nearest.jpg', caption: 'Faces and the other identity in the sample that is most like each', content };
}
