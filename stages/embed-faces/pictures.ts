import { join } from 'node:path';
import { readTiles } from '../../src/data/tiles';
import { readNorms } from '../../src/data/embedding-set';
import { normsChart, similarityChart } from '../../src/embedding/views/embedding-charts';
import { readSample } from '../../src/embedding/views/sample-file';
import { contactSheet } from '../../src/pictures/sheets/contact-sheet';
import type { StagePictures } from '../../src/stage';

/** What a person looks at to see whether embeddings are sound. */
export const draw: StagePictures['draw'] = async function* (artifact) {
  const norms = await normsByGroup(artifact.output('embeddings'));
  yield {
    file: 'norms.svg',
    caption: 'Norm of the raw embedding of every face, by group',
    content: normsChart(norms),
  };
  const sample = await readSample(join(artifact.folder, 'sample.parquet'));
  yield {
    file: 'similarity.svg',
    caption: `Cosines of all pairs of a sample of ${sample.length} faces`,
    content: similarityChart(sample),
  };
  const { tiles, columns } = await readTiles(join(artifact.folder, 'nearest.tiles'));
  yield {
    file: 'nearest.jpg',
    caption: 'Faces and the other identity in the sample that is most like each',
    content: await contactSheet(tiles, { columns, title: 'Faces, each with its nearest stranger' }),
  };
};

/** In alphabetical order. */
async function normsByGroup(embeddings: string): Promise<{ name: string; values: number[] }[]> {
  const groups = new Map<string, number[]>();
  for await (const { group, norm } of readNorms(embeddings)) {
    const values = groups.get(group) ?? [];
    groups.set(group, values);
    values.push(norm);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, values]) => ({ name, values }));
}
