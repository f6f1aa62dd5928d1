import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../run/events';
import type { QuietFolder } from './best-effort-folder';

/** `events.jsonl`: one event a line, whole lines only, for those who read the file while it grows. */
export interface EventFile {
  add(event: RunEvent): void;
  /** Writes what is still in memory to the file. */
  flush(): void;
  close(): void;
}

export const EVENTS_FILE = 'events.jsonl';

/** Events that a reader of the file may be waiting for. */
const AT_ONCE: readonly RunEvent['type'][] = [
  'run-started',
  'stage-started',
  'stage-finished',
  'stage-failed',
  'run-finished',
];

/** Opens it. Of a stage's progress events between two flushes, only the last is kept, so that a stage of a week does not fill the disk. */
export function openEventFile(folder: QuietFolder): EventFile {
  const open = (): number | undefined => folder.attempt(() => openSync(join(folder.path, EVENTS_FILE), 'a'));
  let file = open();
  let pending: (RunEvent | undefined)[] = [];
  let progress = new Map<string, number>();
  let torn = false;

  const flush = (): void => {
    if (pending.length === 0) return;
    const lines = pending.flatMap(event => (event === undefined ? [] : [JSON.stringify(event) + '\n']));
    pending = [];
    progress = new Map();
    // There may have been too many open files.
    const target = (file ??= open());
    if (target === undefined) return;
    folder.attempt(() => {
      // A line cut off by a full disk stays a line of its own, which readers skip.
      const bytes = Buffer.from((torn ? '\n' : '') + lines.join(''));
      torn = true;
      writeWhole(target, bytes);
      torn = false;
    });
  };
  return {
    add: event => {
      if (event.type === 'stage-progress') {
        const before = progress.get(event.stage);
        if (before !== undefined) pending[before] = undefined;
        progress.set(event.stage, pending.length);
      }
      pending.push(event);
      if (AT_ONCE.includes(event.type)) flush();
    },
    flush,
    close: () => {
      flush();
      const target = file;
      if (target !== undefined) folder.attempt(() => closeSync(target));
    },
  };
}

/** The system may take a part of it only. */
function writeWhole(file: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) {
    const count = writeSync(file, bytes, written);
    if (count === 0) throw new Error('the disk accepts no more data');
    written += count;
  }
}
