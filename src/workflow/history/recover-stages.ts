import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent } from '../run/events';
import { EVENTS_FILE } from './event-file';
import type { StageRecord } from './run-record';
import { gatherStageRecords } from './stage-records';

/** Bytes; larger event files are not worth the memory. */
const MOST_BYTES = 50_000_000;
const TOLD = ['run-started', 'stage-planned', 'stage-reused', 'stage-finished', 'stage-failed'];

/**
 * The outcomes of the stages of a run that is running or was killed, as far as its events show them: without options and objects, which the events
 * lack. Empty where the events are missing or unreadable.
 */
export function recoverStages(runFolder: string): StageRecord[] {
  const path = join(runFolder, EVENTS_FILE);
  const records = gatherStageRecords({ steps: [] });
  try {
    if (!statSync(path).isFile() || statSync(path).size > MOST_BYTES) return [];
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const event = TOLD.some(type => line.includes(`"type":"${type}"`)) ? parse(line) : undefined;
      if (event !== undefined) records.take(event);
    }
    return records.all();
  } catch {
    return [];
  }
}

/** Undefined for a line that was cut off. */
function parse(line: string): RunEvent | undefined {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return undefined;
  }
}
