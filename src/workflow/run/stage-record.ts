import { closeSync, openSync, writeSync } from 'node:fs';
import { lstat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { HEADLINE_FILE, LOG_FILE, METRICS_FILE } from '../store/objects/contents';
import type { Look } from '../store';
import type { WorkEvent } from '../executors/executor';
import type { Json } from '../../stage';
import type { Amount } from './events';

/** Collects the events of a stage, and writes them beside its files at the end. */
export interface StageRecorder {
  take(event: WorkEvent): void;
  /** Writes `metrics.json` and `headline.txt` and closes the log. Rejects when a file to look at does not exist. */
  finish(): Promise<StageOutput>;
  /** Closes the log of a stage that failed. */
  close(): void;
  /** Its last reported progress: `312 of 2,000 photographs`. */
  item(): string | null;
  /** The last lines of the log. */
  tail(): readonly string[];
}

export interface StageOutput {
  readonly metrics: Readonly<Record<string, Json>>;
  readonly looks: readonly Look[];
  readonly headline: string | null;
  readonly amount: Amount | null;
  readonly peakMemory: number | null;
  readonly rows: { readonly reused: number; readonly total: number } | null;
}

const PROGRESS_EVERY_MS = 5000;
const TAIL_LINES = 20;

/** Starts the record of a stage that works in `folder`. It keeps events unchanged: secrets have been removed before. */
export function recordStage(folder: string, now: () => number): StageRecorder {
  const metrics = new Map<string, Json>();
  const looks: Look[] = [];
  const lines: string[] = [];
  const output: { -readonly [Name in 'headline' | 'amount' | 'peakMemory' | 'rows']: StageOutput[Name] } = {
    headline: null,
    amount: null,
    peakMemory: null,
    rows: null,
  };
  let item: string | null = null;
  let lastProgress = -Infinity;
  let log: number | undefined = openSync(join(folder, LOG_FILE), 'a');

  const write = (raw: string): void => {
    const text = raw.replace(/\n$/, '');
    lines.push(...text.split('\n'));
    lines.splice(0, lines.length - TAIL_LINES);
    const time = new Date(now()).toISOString();
    if (log !== undefined) writeWhole(log, text.replace(/^/gm, `${time} `) + '\n');
  };
  const close = (): void => {
    const descriptor = log;
    // First: the system closes it also when it says that this went wrong.
    log = undefined;
    if (descriptor !== undefined) closeSync(descriptor);
  };

  return {
    take: event => {
      if (event.type === 'metrics') for (const [name, value] of Object.entries(event.values)) metrics.set(name, value);
      else if (event.type === 'look') looks.push({ file: event.file, caption: event.caption });
      else if (event.type === 'headline')
        output.headline = output.headline === null ? event.text : `${output.headline}\n${event.text}`;
      else if (event.type === 'resources') output.peakMemory = event.peakMemory;
      else if (event.type === 'log') write(`${event.level} ${event.text}`);
      else if (event.type === 'output') write(`output ${event.text}`);
      else if (event.type === 'resumed') write(`info resumed at ${event.at}`);
      else if (event.type === 'rows') output.rows = { reused: event.reused, total: event.total };
      else if (event.type === 'progress') {
        output.amount = { done: event.done, unit: event.unit };
        const amount = `${event.done}${event.total === undefined ? '' : `/${event.total}`} ${event.unit}`;
        item = `after ${amount}${event.note === undefined ? '' : ` (${event.note})`}`;
        if (now() - lastProgress < PROGRESS_EVERY_MS) return;
        lastProgress = now();
        write(`progress ${amount}`);
      }
    },
    finish: async () => {
      close();
      for (const look of looks) await assertInside(folder, look);
      const values = Object.fromEntries(metrics);
      await writeFile(join(folder, METRICS_FILE), JSON.stringify(values, null, 2) + '\n');
      if (output.headline !== null) await writeFile(join(folder, HEADLINE_FILE), output.headline.replace(/\n*$/, '\n'));
      return { metrics: values, looks, ...output };
    },
    close,
    item: () => item,
    tail: () => [...lines],
  };
}

/** The system may take a part of a text only. */
function writeWhole(file: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) rest = rest.subarray(writeSync(file, rest));
}

async function assertInside(folder: string, { file }: Look): Promise<void> {
  const outside = isAbsolute(file) || normalize(file).startsWith('..');
  const isFile = !outside && (await lstat(join(folder, file)).catch(() => undefined))?.isFile() === true;
  if (!isFile) throw new Error(`A stage names "${file}" as a file to look at, but its folder has no such file`);
}
