import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { QuietFolder } from './best-effort-folder';

/** `stages/<stage>/log.txt` of a run. */
export interface StageLogs {
  append(stage: string, text: string): void;
  flush(): void;
  /** Absolute path, after a flush; null for a stage that has logged nothing. */
  fileOf(stage: string): string | null;
}

/** Bytes; enough to recognise the output of a library that prints without end. */
const MOST_BYTES = 50_000_000;

export function openStageLogs(folder: QuietFolder): StageLogs {
  const pending = new Map<string, string[]>();
  const written = new Map<string, number>();
  const pathOf = (stage: string): string => join(folder.path, 'stages', stage, 'log.txt');

  const flushStage = (stage: string): void => {
    const text = (pending.get(stage) ?? []).join('');
    const before = written.get(stage) ?? 0;
    pending.delete(stage);
    if (text === '' || before > MOST_BYTES) return;
    written.set(stage, before + text.length);
    const rest = before + text.length > MOST_BYTES ? '[the log is too long; the rest is not kept]\n' : '';
    folder.attempt(() => {
      mkdirSync(dirname(pathOf(stage)), { recursive: true });
      appendFileSync(pathOf(stage), text + rest);
    });
  };
  return {
    append: (stage, text) => {
      const line = text.endsWith('\n') ? text : `${text}\n`;
      if (pending.get(stage)?.push(line) === undefined) pending.set(stage, [line]);
    },
    flush: () => [...pending.keys()].forEach(flushStage),
    fileOf: stage => {
      flushStage(stage);
      return written.has(stage) ? pathOf(stage) : null;
    },
  };
}
