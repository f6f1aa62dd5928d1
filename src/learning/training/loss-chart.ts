import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModelDescription } from '../../data/face-model';
import { parseCsv } from '../../kit/text/csv';
import { lineChart } from '../../pictures/charts/line-chart';
import type { FinishedArtifact, Picture } from '../../stage';
import type { Recipe } from './recipe';
import { termsOf, type Term } from './terms';

/** The pictures of a training: its losses, as `training.csv` has them. */
export async function* drawTraining(artifact: FinishedArtifact): AsyncGenerator<Picture> {
  const { architecture = 'a model', recipe } = await readModelDescription(artifact.output('model'));
  const csv = await readFile(join(artifact.folder, 'training.csv'), 'utf8');
  const content = lossChart(
    csv,
    `Training of ${architecture}`,
    termsOf((recipe as Pick<Recipe, 'terms'> | undefined)?.terms ?? []),
  );
  yield { file: 'loss.svg', caption: 'Loss over the steps of training', content };
}

/**
 * Losses over the steps: every term times its weight, and where there are several their sum.
 * @param csv as `startHistory` writes it
 */
export function lossChart(csv: string, title: string, terms: readonly Pick<Term, 'name' | 'weight'>[]): string {
  const shown = terms.filter(({ weight }) => weight > 0);
  const curves = curvesOf(csv, ['loss', ...shown.map(({ name }) => name)]);
  const parts = shown.map(({ name, weight }) => ({
    name: weight === 1 ? name : `${name} x ${weight}`,
    points: curves[name]!.map(([step, loss]) => [step, loss * weight] as const),
  }));
  const series = parts.length > 1 ? [...parts, { name: 'total', points: curves['loss']! }] : parts;
  return lineChart({ title, x: { label: 'step' }, y: { label: 'loss', log: true }, series });
}

/** Points of a curve: more cannot be told apart on a screen. */
const POINTS = 400;

/** Means over groups of steps, so that there are few points. */
function curvesOf(csv: string, names: readonly string[]): Record<string, [step: number, loss: number][]> {
  const [head = [], ...lines] = parseCsv(csv);
  const places = new Map(head.map((name, place) => [name, place]));
  const rows = lines.map(fields => fields.map(Number));
  const valueOf = (row: readonly number[], name: string): number => row[places.get(name) ?? -1] ?? NaN;
  const stride = Math.max(1, Math.ceil(rows.length / POINTS));
  const curves: ReturnType<typeof curvesOf> = Object.fromEntries(names.map(name => [name, []]));
  for (let from = 0; from < rows.length; from += stride) {
    const taken = rows.slice(from, from + stride);
    for (const name of names) {
      const sum = taken.reduce((sum, row) => sum + valueOf(row, name), 0);
      curves[name]!.push([valueOf(taken.at(-1)!, 'step'), sum / taken.length]);
    }
  }
  return curves;
}
