import { open, readFile } from 'node:fs/promises';
import { csvLine } from '../../kit/text/csv';
import type { StepReport } from './loop';
import type { Reported } from './terms';

/** The curves of a training, for people. */
export interface History {
  add(report: StepReport): Promise<void>;
  /** All that it knows, so that another history can continue from it: JSON, nothing rounded. */
  state(): Promise<HistoryState>;
  /** Means over the last epoch, and the share of its steps whose gradients were clipped. */
  summary(): HistorySummary;
  close(): Promise<void>;
}

/** Means by the names of what is reported: `loss`, every term before its weight, what the terms measure. */
export interface HistorySummary extends Readonly<Record<string, number>> {
  readonly steps: number;
  readonly epochs: number;
  readonly clipped: number;
  readonly loss: number;
}

export interface HistoryState {
  /** What is in the file. */
  readonly csv: string;
  /** Sums since the start of the epoch. */
  readonly epoch: Sums;
  readonly last: Pick<StepReport, 'step' | 'epoch'> | undefined;
}

interface Sums {
  readonly count: number;
  readonly clipped: number;
  /** By the names of what is reported; empty before the first step. */
  readonly values: Readonly<Record<string, number>>;
}

/**
 * Writes a line per step to `path` (CSV), and remembers means only: its memory does not grow with the steps.
 * @param before of another history, whose steps come first
 */
export async function startHistory(path: string, reported: Reported, before?: HistoryState): Promise<History> {
  const columns = ['step', 'epoch', 'learningRate', 'loss', ...reported.terms, ...reported.measures];
  const header = csvLine([...columns, 'gradientNorm', 'clipFactor']);
  const file = await open(path, 'w');
  await file.appendFile(before?.csv ?? header);
  let { epoch, last } = structuredClone(before ?? { epoch: NO_SUMS, last: undefined });
  return {
    async add(report) {
      const { step, learningRate, gradientNorm, clipFactor } = report;
      const values = Object.values(meansOf(report));
      const line = [step, report.epoch, learningRate, ...values, gradientNorm, clipFactor];
      await file.appendFile(csvLine(line.map(rounded)));
      epoch = sumOf(last?.epoch === report.epoch ? epoch : NO_SUMS, report);
      last = { step, epoch: report.epoch };
    },
    state: async () => structuredClone({ csv: await readFile(path, 'utf8'), epoch, last }),
    summary: () => ({
      steps: last?.step ?? 0,
      epochs: last ? last.epoch + 1 : 0,
      ...(Object.fromEntries(Object.entries(epoch.values).map(([name, sum]) => [name, rounded(sum / epoch.count)])) as {
        loss: number;
      }),
      clipped: rounded(epoch.clipped / epoch.count),
    }),
    close: () => file.close(),
  };
}

const NO_SUMS: Sums = { count: 0, clipped: 0, values: {} };

/** What means are made of, in the order of the columns. */
function meansOf({ loss, terms, measures }: StepReport): Record<string, number> {
  return { loss, ...terms, ...measures };
}

function sumOf({ count, clipped, values }: Sums, report: StepReport): Sums {
  return {
    count: count + 1,
    clipped: clipped + Number(report.clipFactor < 1),
    values: Object.fromEntries(
      Object.entries(meansOf(report)).map(([name, value]) => [name, (values[name] ?? 0) + value]),
    ),
  };
}

/** float32 has no more than 7 digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
