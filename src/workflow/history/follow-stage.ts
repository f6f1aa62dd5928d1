import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunEventBody } from '../run/events';
import { EVENTS_FILE } from './event-file';

type Followed = Extract<RunEventBody, { type: 'stage-progress' | 'stage-log' }>;

const EVERY_MS = 150;
const CHUNK = 1 << 18;
/** Longer lines are not ours. */
const LONGEST_LINE = 1 << 20;

/**
 * Reads the events of another run while it writes them, and passes on the progress and the log of its stage `theirs` as that of `ours`, until the
 * signal is aborted. Of the events before that, only the last progress is passed on. Never rejects: the file may be missing, damaged or cut off.
 */
export async function followStage(
  runFolder: string,
  theirs: string,
  ours: string,
  emit: (event: Followed) => void,
  signal: AbortSignal,
): Promise<void> {
  const path = join(runFolder, EVENTS_FILE);
  const lines = lineReader();
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    const isPast = lines.position() === 0;
    const events = (await lines.readMore(path, signal)).flatMap(line => parse(line, theirs, ours));
    const told = isPast ? events.filter(({ type }) => type === 'stage-progress').slice(-1) : events;
    if (!isOver()) told.forEach(emit);
    await wait(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Reads a file that grows, by whole lines. */
function lineReader(): { readMore(path: string, signal: AbortSignal): Promise<string[]>; position(): number } {
  let position = 0;
  let rest = Buffer.alloc(0);

  const take = (chunk: Buffer): string[] => {
    const whole = Buffer.concat([rest, chunk]);
    const end = whole.lastIndexOf(0x0a);
    rest = whole.subarray(end + 1);
    if (rest.length > LONGEST_LINE) rest = Buffer.alloc(0);
    return end < 0 ? [] : whole.toString('utf8', 0, end).split('\n');
  };
  const readAll = async (file: FileHandle, signal: AbortSignal): Promise<string[]> => {
    const lines: string[] = [];
    while (!signal.aborted) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      // Drops other lines at once, to save memory.
      lines.push(...take(buffer.subarray(0, bytesRead)).filter(isFollowed));
    }
    return lines;
  };
  return {
    position: () => position,
    readMore: async (path, signal) => {
      let file: FileHandle | undefined;
      try {
        file = await open(path, 'r');
        return await readAll(file, signal);
      } catch {
        // Missing or unreadable: the file would only show the progress of another run.
        return [];
      } finally {
        await file?.close().catch(() => undefined);
      }
    },
  };
}

function isFollowed(line: string): boolean {
  return line.includes('"stage-progress"') || line.includes('"stage-log"');
}

/** Takes only the fields that an event must have, because another process writes the file. */
function parse(line: string, theirs: string, ours: string): Followed[] {
  const event = parseObject(line);
  if (event['stage'] !== theirs) return [];
  const { type, done, total, unit, note, level, text } = event;
  if (type === 'stage-progress' && isAmount(done) && typeof unit === 'string') {
    const more = { ...(isAmount(total) ? { total } : {}), ...(typeof note === 'string' ? { note } : {}) };
    return [{ type, stage: ours, done, unit, ...more }];
  }
  if (type === 'stage-log' && (level === 'info' || level === 'warn') && typeof text === 'string') {
    return [{ type, stage: ours, level, text }];
  }
  return [];
}

function parseObject(line: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(line) as unknown;
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
