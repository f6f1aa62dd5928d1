import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { judgeProcess } from '../store/leases/process-identity';
import { FORGOTTEN_AFTER_MS, lastSign, SILENT_FOR_MS } from '../store/leases/signs-of-life';
import { messageOf } from '../../errors';
import { errnoOf } from '../../kit/files/errno';
import { readSealedJson } from '../../kit/files/sealed-json';
import { RUNS_FOLDER } from './make-run-folder';
import { RUN_FILE } from './run-files';
import { recoverStages } from './recover-stages';
import { isRunId } from './run-name';
import { RUN_FORMAT, type RunRecord, type StageRecord } from './run-record';

/**
 * Every run below the folder of artifacts, newest first. One whose record is damaged, or was written by a newer version, is left out and reported;
 * the empty folder of a run that was killed at its start is left out silently. Throws the system's error when the folder cannot be read, unless it is
 * missing.
 */
export async function listRuns(root: string, tell: (text: string) => void = () => undefined): Promise<RunRecord[]> {
  const names = (await namesIn(join(root, RUNS_FOLDER))).filter(isRunId);
  const records = names.flatMap(id => {
    const folder = join(root, RUNS_FOLDER, id);
    const record = readRun(folder);
    if (typeof record === 'object' && record.id === id) return [record];
    if (isEmpty(folder)) return [];
    tell(`run ${id} is left out: ${typeof record === 'string' ? record : `its record is of run ${record.id}`}`);
    return [];
  });
  // Ids have seconds only.
  return records.sort((a, b) => (a.started < b.started ? 1 : -1));
}

/** The record in the folder of a run, or a sentence that says what is wrong with it. */
export function readRun(folder: string): RunRecord | string {
  try {
    const found = readSealedJson(join(folder, RUN_FILE));
    if (found === undefined) return `${RUN_FILE} is missing`;
    const record = typeof found === 'string' ? `${RUN_FILE} is damaged: ${found}` : checked(found);
    if (typeof record === 'string' || record.finished !== null) return record;
    return { ...withStages(record, folder), heard: lastSign(join(folder, RUN_FILE)) };
  } catch (error) {
    return `${RUN_FILE} cannot be read: ${messageOf(error)}`;
  }
}

/** The outcome of a run, or the state of one without an end. */
export type RunState =
  | RunRecord['outcome']
  /** It did not finish, and its process is gone, or has given no sign of life for a day. */
  | 'killed'
  /** It may be running in another container or on another machine, but has given no sign of life for a minute. */
  | 'silent';

/** @param now milliseconds since 1970 */
export function stateOf({ outcome, process, heard = -Infinity }: RunRecord, now: number): RunState {
  if (outcome !== 'running') return outcome;
  const verdict = judgeProcess(process);
  if (verdict !== 'unknown') return verdict === 'alive' ? 'running' : 'killed';
  const silence = now - heard;
  return silence >= FORGOTTEN_AFTER_MS ? 'killed' : silence >= SILENT_FOR_MS ? 'silent' : 'running';
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The record is the first file in the folder; a kill or a full disk may have cut it off. */
function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).every(name => name.startsWith(`${RUN_FILE}.`) && name.endsWith('.tmp'));
  } catch {
    return false;
  }
}

/** The record gets its stages when the run ends; before that, and after a kill, only the events have them. */
function withStages(record: RunRecord, folder: string): RunRecord {
  const stages = recoverStages(folder);
  return isListOf(stages, isStage) ? { ...record, stages } : record;
}

/** The seal shows that the record is unchanged, not who wrote it. */
function checked(value: Readonly<Record<string, unknown>>): RunRecord | string {
  if (value['kind'] !== 'fairdistill-run') return `${RUN_FILE} is something else`;
  if (value['format'] !== RUN_FORMAT)
    return `${RUN_FILE} has format ${String(value['format'])}, this version reads ${RUN_FORMAT}`;
  const record = value as unknown as RunRecord;
  const texts = [record.id, record.pipeline, record.file, record.started, record.engine, record.outcome] as unknown[];
  const isWhole =
    texts.every(text => typeof text === 'string') &&
    isObject(record.params) &&
    isObject(record.process) &&
    isListOf(record.command, item => typeof item === 'string') &&
    isListOf(record.profiles, item => typeof item === 'string') &&
    isListOf(record.stages, isStage);
  return isWhole ? record : `${RUN_FILE} lacks members that a run has`;
}

function isStage(value: unknown): boolean {
  const { stage, status, options, metrics } = (isObject(value) ? value : {}) as Partial<StageRecord>;
  return typeof stage === 'string' && typeof status === 'string' && isObject(options) && isObject(metrics);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
