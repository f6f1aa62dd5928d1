import { open, readFile } from 'node:fs/promises';
import { csvLine } from '../../kit/text/csv';
import type { StepReport } from './loop';

/** What is kept of a training for people. */
export interface History {
  add(report: StepReport): Promise<void>;
  /** All that it knows, so that another history can go on from it: JSON, nothing rounded. */
  state(): Promise<HistoryState>;
  /** Means over the last epoch, and the share of its steps whose gradients were clipped. */
  summary(): HistorySummary;
  close(): Promise<void>;
}

export type HistorySummary = Readonly<Record<'steps' | 'epochs' | 'clipped' | (typeof MEASURED)[number], number>>;

export interface HistoryState {
  /** What is in the file. */
  readonly csv: string;
  /** Sums since the start of the epoch. */
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

type Sums = Record<(typeof MEASURED)[number] | 'clipped', number> & { count: number };

/**
 * Writes a line per step to `path` (CSV), and remembers means only: its memory does not grow with the steps.
 * @param before of another history, whose steps come first
 */
export async function startHistory(path: string, before: HistoryState = NOTHING): Promise<History> {
  const file = await open(path, 'w');
  await file.appendFile(before.csv);
  let { epoch, last } = structuredClone(before);
  return {
    async add(report) {
      await file.appendFile(csvLine(COLUMNS.map(name => rounded(report[name]))));
      if (last?.epoch !== report.epoch) epoch = noSums();
      last = { step: report.step, epoch: report.epoch };
      addTo(epoch, report);
    },
    state: async () => structuredClone({ csv: await readFile(path, 'utf8'), epoch, last }),
    summary: () => ({
      steps: last?.step ?? 0,
      epochs: last ? last.epoch + 1 : 0,
      loss: rounded(epoch.loss / epoch.count),
      identityLoss: rounded(epoch.identityLoss / epoch.count),
      distillationLoss: rounded(epoch.distillationLoss / epoch.count),
      accuracy: rounded(epoch.accuracy / epoch.count),
      clipped: rounded(epoch.clipped / epoch.count),
    }),
    close: () => file.close(),
  };
}

function noSums(): Sums {
  return { count: 0, loss: 0, identityLoss: 0, distillationLoss: 0, accuracy: 0, clipped: 0 };
}

const NOTHING: HistoryState = {
  csv: csvLine(COLUMNS),
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
