import type { Failure } from '../run/events';
import { plural } from '../../kit/text/human';
import { firstLine, shorten } from './lines';

export interface FailedStage {
  readonly stage: string;
  readonly attempt: number;
  readonly error: Failure;
}

/** Number of failures shown in full; the others of a large matrix probably failed in the same way. */
const MOST_WHOLE = 6;
const MOST_LOG_LINES = 20;

/** One block for all stages that failed, to be shown last, where nothing scrolls it away. Empty when none did. */
export function failureBlock(failed: readonly FailedStage[], runFolder: string, cwd: string): string {
  if (failed.length === 0) return '';
  const whole = failed.slice(0, MOST_WHOLE).flatMap(one => ['', ...describe(one, runFolder, cwd)]);
  const others = failed
    .slice(MOST_WHOLE)
    .map(({ stage, error }) => `✗ ${stage}  ${error.class}: ${firstLine(error.message)}`);
  return [
    '',
    `${plural(failed.length, 'stage')} failed:`,
    ...whole,
    ...(others.length > 0 ? ['', ...others] : []),
    '',
  ].join('\n');
}

function describe({ stage, attempt, error }: FailedStage, runFolder: string, cwd: string): string[] {
  const { item, log, logFile, rerun } = error;
  const isBug = error.class === 'bug';
  return [
    `✗ ${stage}  ${isBug ? 'a bug in fairdistill' : error.class}${attempt > 1 ? `, in attempt ${attempt}` : ''}`,
    ...indent(isBug ? (error.stack ?? error.message) : error.message),
    ...(item === null ? [] : [`  item: ${item}`]),
    ...logLines(log),
    ...(logFile === null ? [] : [`  log: ${shorten(logFile, cwd)}`]),
    ...(isBug ? [`  Please report this, with the files in ${shorten(runFolder, cwd)}`] : []),
    `  Run it again: ${rerun}`,
  ];
}

function logLines(log: readonly string[]): string[] {
  const last = log.slice(-MOST_LOG_LINES);
  return last.length === 0
    ? []
    : [`  last ${plural(last.length, 'line')} of its log:`, ...last.map(line => `    | ${line}`)];
}

function indent(text: string): string[] {
  return text.split('\n').map(line => `  ${line}`);
}
