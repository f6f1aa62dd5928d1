import type { Action } from '../../workflow/store';
import type { RunRecord } from '../../workflow/history/run-record';
import { clip, printable } from '../../kit/text/printable';
import type { Holder } from '../../workflow/run/events';
import type { PlannedStep } from '../../workflow/plan/planned-step';
import { formatBytes, formatCount, formatSeconds, plural } from '../../kit/text/human';
import { groupCells, type CellGroup } from '../shared/matrix-groups';
import { countStates } from '../shared/plan-states';
import { ageOf, shortPath, shortRun } from '../shared/wording';
import { aligned } from '../../kit/text/aligned';

/** The state of a stage now. */
export interface StageStatus {
  /** The plan of a run for it. */
  readonly planned: PlannedStep;
  /** The artifact that `<artifacts>/<pipeline>/<stage>` leads to; null when there is none. */
  readonly present: Pick<Action, 'key' | 'run' | 'finished' | 'bytes' | 'accepted'> | null;
  /** The run that is making it now. */
  readonly holder: Holder | null;
}

export interface StatusOptions {
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Every cell of a matrix in a line of its own. */
  readonly all?: boolean;
}

export interface Status {
  readonly pipeline: string;
  /** Absolute path of the pipeline file. */
  readonly file: string;
  readonly stages: readonly StageStatus[];
  /** The newest run of this pipeline. `alive` says whether one without an end still runs. */
  readonly lastRun: { readonly record: RunRecord; readonly alive: boolean } | null;
}

/** What `pipeline status` prints: per stage what is there, how old it is and whether the file has moved on since; the last run. */
export function statusText({ pipeline, file, stages, lastRun }: Status, options: StatusOptions): string {
  const groups: CellGroup<StageStatus>[] =
    options.all === true
      ? stages.map(status => ({ name: status.planned.stage, items: [status] }))
      : groupCells(stages, ({ planned }) => planned.stage);
  return [
    `${printable(pipeline)} (${shortPath(file, options.cwd)})`,
    '',
    ...aligned(
      groups.map(group => ['', clip(group.name, LONGEST_NAME), ...cellsOf(group, options.now)]),
      [3],
    ),
    '',
    ...summary(stages),
    ...runLines(lastRun, options.now),
    '',
  ].join('\n');
}

const LONGEST_NAME = 48;

function cellsOf({ items }: CellGroup<StageStatus>, now: number): string[] {
  if (items.length > 1) return [`${formatCount(items.length)} cells`, '', '', groupRemark(items)];
  const { planned, present, holder } = items[0]!;
  const remark = remarkOf(planned, present, holder, now);
  if (present === null) return ['no result yet', '', '', remark];
  return [ageOf(present.finished, now), formatBytes(present.bytes), `run ${shortRun(present.run)}`, remark];
}

function groupRemark(items: readonly StageStatus[]): string {
  const there = items.filter(({ present }) => present !== null).length;
  const running = items.filter(({ holder }) => holder !== null).length;
  const counts = countStates(items.map(({ planned }) => planned)).map(
    ([state, count]) => `${formatCount(count)} ${state}`,
  );
  return `${formatCount(there)} made; ${[...counts, ...(running > 0 ? [`${running} running`] : [])].join(', ')}`;
}

function remarkOf(
  { state, key, because }: PlannedStep,
  present: StageStatus['present'],
  holder: Holder | null,
  now: number,
): string {
  const running = holder === null ? '' : `${runningText(holder, now)}; `;
  const [first] = because;
  const reason = first === undefined ? '' : `: ${clip(first.text, 100)}`;
  if (state === 'hit') {
    const accepted = present?.accepted ? 'up to date, accepted by hand' : 'up to date';
    return (
      running +
      (present !== null && present.key !== key ? 'another result matches the file; a run will show it' : accepted)
    );
  }
  if (state === 'pending') return `${running}may change with its inputs`;
  if (state === 'forced') return `${running}to be made again`;
  if (present === null) return `${running}to be made${state === 'partial' ? ', partly from earlier work' : ''}`;
  return `${running}out of date${state === 'partial' ? ' in part' : ''}${reason}`;
}

function runningText({ since, run, pid, host }: Holder, now: number): string {
  return `running (started ${ageOf(since, now)} by run ${shortRun(run)}, process ${pid} on ${printable(host)})`;
}

function summary(stages: readonly StageStatus[]): string[] {
  const current = stages.filter(({ planned }) => planned.state === 'hit').length;
  const running = stages.filter(({ holder }) => holder !== null).length;
  const parts = [`${formatCount(current)} of ${plural(stages.length, 'stage')} up to date`];
  if (running > 0) parts.push(`${formatCount(running)} running now`);
  return [parts.join(', ')];
}

function runLines(lastRun: Status['lastRun'], now: number): string[] {
  if (lastRun === null) return ['last run: none'];
  const { record, alive } = lastRun;
  const { id, started, finished, exit, stages } = record;
  const name = `last run: ${shortRun(id)}`;
  if (finished === null) {
    return [
      alive
        ? `${name}, running (started ${ageOf(started, now)}, process ${record.process.pid} on ${printable(record.process.host)})`
        : `${name}, started ${ageOf(started, now)}, was killed; to resume, run: ${clip(record.command.join(' '), 200)}`,
    ];
  }
  const seconds = Math.max(0, (Date.parse(finished) - Date.parse(started)) / 1000);
  const took = Number.isNaN(seconds) ? '' : ` after ${formatSeconds(seconds)}`;
  const failed = stages.filter(({ status }) => status === 'failed').map(({ stage }) => stage);
  const which = failed.length === 0 ? '' : `; failed: ${clip(failed.join(', '), 200)}`;
  return [
    `${name}, ${record.outcome}${exit === null || exit === 0 ? '' : ` (exit ${exit})`} ${ageOf(finished, now)}${took}${which}`,
  ];
}
