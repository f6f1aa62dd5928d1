import { histogram } from '../../pictures/charts/histogram';
import { pairCosines, type SampledFace } from './face-sample';

/** Norms of the embeddings before they were normalised, by group. */
export function normsChart(norms: readonly { readonly name: string; readonly values: ArrayLike<number> }[]): string {
  const series = norms.filter(({ values }) => values.length > 0);
  return histogram({ title: 'Norm of the embedding by group', x: { label: 'L2 norm' }, series });
}

/** Cosines of faces of one person and of two. */
export function similarityChart(sample: readonly SampledFace[]): string {
  const { genuine, impostor } = pairCosines(sample);
  const series = [
    { name: `genuine (${genuine.length} pairs)`, values: genuine },
    { name: `impostor (${impostor.length} pairs)`, values: impostor },
  ].filter(({ values }) => values.length > 0);
  return histogram({ title: 'Similarity of faces in a sample', x: { label: 'cosine' }, series });
}
