import { open, readFile, writeFile } from 'node:fs/promises';
import { csvLine } from '../../kit/text/csv';
import { lineChart } from '../../pictures/charts/line-chart';
import type { StepReport } from './loop';
import type { Recipe } from './recipe';

/** What is kept of a training for people. */
export interface History {
  add(report: StepReport): Promise<void>;
  /** All that it knows, so that another history can go on from it: JSON, nothing rounded. */
  state(): Promise<HistoryState>;
  /** Means over the last epoch, and the share of its steps whose gradients were clipped. */
  summary(): HistorySummary;
  draw(path: string, title: string): Promise<void>;
  close(): Promise<void>;
}

export type HistorySummary = Readonly<Record<'steps' | 'epochs' | 'clipped' | (typeof MEASURED)[number], number>>;

export interface HistoryState {
  /** What is in the file. */
  readonly csv: string;
  readonly curves: Curves;
  /** Sums since the last point of the curves, and since the start of the epoch. */
  readonly point: Sums;
  readonly epoch: Sums;
  readonly last: Pick<StepReport, 'step' | 'epoch'> | undefined;
}

const COLUMNS = [
  'step',
  'epoch',
  'learningRate',
  'loss',
  'identityLoss',
  'distillationLoss',
  'accuracy',
  'gradientNorm',
  'clipFactor',
] as const satisfies readonly (keyof StepReport)[];
const MEASURED = ['loss', 'identityLoss', 'distillationLoss', 'accuracy'] as const;

/** Points of a curve: more cannot be told apart on a screen. */
const POINTS = 400;

type Sums = Record<(typeof MEASURED)[number] | 'clipped', number> & { count: number };
type Curves = Record<'loss' | 'identityLoss' | 'distillationLoss', [step: number, loss: number][]>;

/**
 * Writes a line per step to `path` (CSV), and remembers means only: its memory does not grow with the steps.
 * @param before of another history, whose steps come first
 */
export async function startHistory(
  path: string,
  steps: number,
  recipe: Recipe,
  before: HistoryState = NOTHING,
): Promise<History> {
  const file = await open(path, 'w');
  await file.appendFile(before.csv);
  const stride = Math.ceil(steps / POINTS);
  const { curves, ...sums } = structuredClone(before);
  let { point, epoch, last } = sums;
  return {
    async add(report) {
      await file.appendFile(csvLine(COLUMNS.map(name => rounded(report[name]))));
      if (last?.epoch !== report.epoch) epoch = noSums();
      last = { step: report.step, epoch: report.epoch };
      addTo(epoch, report);
      addTo(point, report);
      if (point.count < stride && report.step < steps) return;
      for (const name of ['loss', 'identityLoss', 'distillationLoss'] as const) {
        curves[name].push([report.step, point[name] / point.count]);
      }
      point = noSums();
    },
    state: async () => structuredClone({ csv: await readFile(path, 'utf8'), curves, point, epoch, last }),
    summary: () => ({
      steps: last?.step ?? 0,
      epochs: last ? last.epoch + 1 : 0,
      loss: rounded(epoch.loss / epoch.count),
      identityLoss: rounded(epoch.identityLoss / epoch.count),
      distillationLoss: rounded(epoch.distillationLoss / epoch.count),
      accuracy: rounded(epoch.accuracy / epoch.count),
      clipped: rounded(epoch.clipped / epoch.count),
    }),
    async draw(path, title) {
      const { weight } = recipe.distillation;
      const weighted = curves.distillationLoss.map(([step, loss]) => [step, loss * weight] as const);
      const parts = [
        { name: 'identity', points: curves.identityLoss },
        { name: `distillation x ${weight}`, points: weighted },
        { name: 'total', points: curves.loss },
      ];
      const series = weight > 0 ? parts : parts.slice(0, 1);
      await writeFile(path, lineChart({ title, x: { label: 'step' }, y: { label: 'loss', log: true }, series }));
    },
    close: () => file.close(),
  };
}

function noSums(): Sums {
  return { count: 0, loss: 0, identityLoss: 0, distillationLoss: 0, accuracy: 0, clipped: 0 };
}

const NOTHING: HistoryState = {
  csv: csvLine(COLUMNS),
  curves: { loss: [], identityLoss: [], distillationLoss: [] },
  point: noSums(),
  epoch: noSums(),
  last: undefined,
};

function addTo(sums: Sums, report: StepReport): void {
  sums.count++;
  for (const name of MEASURED) sums[name] += report[name];
  sums.clipped += Number(report.clipFactor < 1);
}

/** float32 has no more than 7 digits to tell. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
