import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelDescription } from '../../data/face-model';
import { parseCsv } from '../../kit/text/csv';
import { lineChart } from '../../pictures/charts/line-chart';
import type { FinishedArtifact, Picture } from '../../stage';

/** The pictures of a training: its losses, as `training.csv` has them. */
export async function* drawTraining(artifact: FinishedArtifact): AsyncGenerator<Picture> {
  const { architecture = 'a model', recipe } = await readModelDescription(artifact.output('model'));
  const csv = await readFile(join(artifact.folder, 'training.csv'), 'utf8');
  const content = lossChart(csv, `Training of ${architecture}`, recipe?.distillation?.weight ?? 0);
  yield { file: 'loss.svg', caption: 'Loss over the steps of training', content };
}

/**
 * Losses over the steps.
 * @param csv as `startHistory` writes it
 * @param weight of the distance to a teacher
 */
export function lossChart(csv: string, title: string, weight: number): string {
  const curves = curvesOf(csv);
  const weighted = curves.distillationLoss.map(([step, loss]) => [step, loss * weight] as const);
  const parts = [
    { name: 'identity', points: curves.identityLoss },
    { name: `distillation x ${weight}`, points: weighted },
    { name: 'total', points: curves.loss },
  ];
  const series = weight > 0 ? parts : parts.slice(0, 1);
  return lineChart({ title, x: { label: 'step' }, y: { label: 'loss', log: true }, series });
}

const LOSSES = ['loss', 'identityLoss', 'distillationLoss'] as const;

/** Points of a curve: more cannot be told apart on a screen. */
const POINTS = 400;

/** Means over as many steps as make few points. */
function curvesOf(csv: string): Record<(typeof LOSSES)[number], [step: number, loss: number][]> {
  const [head = [], ...lines] = parseCsv(csv);
  const places = new Map(head.map((name, place) => [name, place]));
  const rows = lines.map(fields => fields.map(Number));
  const valueOf = (row: readonly number[], name: string): number => row[places.get(name) ?? -1] ?? NaN;
  const stride = Math.max(1, Math.ceil(rows.length / POINTS));
  const curves: ReturnType<typeof curvesOf> = { loss: [], identityLoss: [], distillationLoss: [] };
  for (let from = 0; from < rows.length; from += stride) {
    const taken = rows.slice(from, from + stride);
    for (const name of LOSSES) {
      const sum = taken.reduce((sum, row) => sum + valueOf(row, name), 0);
      curves[name].push([valueOf(taken.at(-1)!, 'step'), sum / taken.length]);
    }
  }
  return curves;
}
