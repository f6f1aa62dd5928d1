import { join } from 'node:path';
import { readEvaluation } from '../../src/data/evaluation';
import { readTiles } from '../../src/data/tiles';
import { rocChart, scoresChart } from '../../src/evaluation/metrics/evaluation-charts';
import { contactSheet } from '../../src/pictures/sheets/contact-sheet';
import { summariseScores } from '../../src/reports/scores';
import type { StagePictures } from '../../src/stage';

export const draw: StagePictures['draw'] = async function* (artifact) {
  const evaluation = await readEvaluation(artifact.output('evaluation'), 'evaluate-student');
  const { pairs } = await summariseScores(artifact.output('evaluation'), evaluation, 'evaluate-student');
  // What has nothing to draw.
  const comparisons = new Map([...pairs].filter(([, { scores }]) => scores.length > 0));
  const { label } = evaluation;
  yield {
    file: 'scores.svg',
    caption: 'Cosines of genuine and of impostor pairs, all groups together',
    content: scoresChart(label, comparisons),
  };
  yield {
    file: 'roc.svg',
    caption: 'True match rate over false match rate, by group',
    content: rocChart(label, comparisons),
  };
  const { tiles, columns } = await readTiles(join(artifact.folder, 'mistakes.tiles'));
  yield {
    file: 'mistakes.jpg',
    caption: 'Impostor pairs with the highest and genuine pairs with the lowest scores',
    content: await contactSheet(tiles, {
      columns,
      title: 'Most alike strangers, then least alike photographs of one person',
    }),
  };
};
