import { closeSync, openSync, writeSync } from 'node:fs';
import { lstat, writeFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { HEADLINE_FILE, LOG_FILE, METRICS_FILE } from '../artifacts/contents';
import type { Look } from '../artifacts/manifest';
import type { WorkEvent } from '../executors';
import type { Json } from '../stage';
import type { Amount } from './events';

/** What a stage said, kept while it runs and written beside its files at the end. */
export interface StageRecord {
  take(event: WorkEvent): void;
  /** Writes `metrics.json` and `headline.txt` and closes the log. Rejects when a file to look at does not exist. */
  finish(): Promise<Said>;
  /** Closes the log of a stage that failed. */
  close(): void;
}

export interface Said {
  readonly metrics: Readonly<Record<string, Json>>;
  readonly looks: readonly Look[];
  readonly headline: string | null;
  readonly amount: Amount | null;
  readonly peakMemory: number | null;
}

const PROGRESS_EVERY_MS = 5000;

/** Starts the record of a stage that works in `folder`. */
export function recordStage(folder: string, now: () => number): StageRecord {
  const metrics: Record<string, Json> = {};
  const looks: Look[] = [];
  let headline: string | null = null;
  let amount: Amount | null = null;
  let peakMemory: number | null = null;
  let lastProgress = -Infinity;
  let log: number | undefined = openSync(join(folder, LOG_FILE), 'a');

  const write = (text: string): void => {
    const time = new Date(now()).toISOString();
    if (log !== undefined) writeSync(log, text.replace(/\n$/, '').replace(/^/gm, `${time} `) + '\n');
  };
  const close = (): void => {
    if (log !== undefined) closeSync(log);
    log = undefined;
  };

  return {
    take: event => {
      if (event.type === 'metrics') Object.assign(metrics, event.values);
      else if (event.type === 'look') looks.push({ file: event.file, caption: event.caption });
      else if (event.type === 'headline') headline = event.text;
      else if (event.type === 'resources') peakMemory = event.peakMemory;
      else if (event.type === 'log') write(`${event.level} ${event.text}`);
      else if (event.type === 'output') write(`output ${event.text}`);
      else if (event.type === 'progress') {
        amount = { done: event.done, unit: event.unit };
        if (now() - lastProgress < PROGRESS_EVERY_MS) return;
        lastProgress = now();
        write(`progress ${event.done}${event.total === undefined ? '' : `/${event.total}`} ${event.unit}`);
      }
    },
    finish: async () => {
      close();
      for (const look of looks) await assertInside(folder, look);
      await writeFile(join(folder, METRICS_FILE), JSON.stringify(metrics, null, 2) + '\n');
      if (headline !== null) await writeFile(join(folder, HEADLINE_FILE), headline.replace(/\n*$/, '\n'));
      return { metrics, looks, headline, amount, peakMemory };
    },
    close,
  };
}

async function assertInside(folder: string, { file }: Look): Promise<void> {
  const outside = isAbsolute(file) || normalize(file).startsWith('..');
  const isFile = !outside && (await lstat(join(folder, file)).catch(() => undefined))?.isFile() === true;
  if (!isFile) throw new Error(`A stage wants "${file}" to be looked at, which is no file in its folder`);
}
