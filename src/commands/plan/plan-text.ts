import { clip } from '../../kit/text/printable';
import type { PlannedStep } from '../../workflow/plan/planned-step';
import { formatBytes, formatCount, formatSeconds, plural } from '../../kit/text/human';
import { groupCells, type CellGroup } from '../shared/matrix-groups';
import { countStates, STATE_WORDS } from '../shared/plan-states';
import { ageOf, shownPlace, shortDigest, shortRun } from '../shared/wording';
import { aligned, lengthOf } from '../../kit/text/aligned';

export interface PlanTextOptions {
  readonly cwd: string;
  /** Width of the terminal; longer lines are broken, never cut. */
  readonly columns: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Every cell of a matrix in a line of its own. */
  readonly all?: boolean;
  /** Number of existing results whose pictures a run would draw. */
  readonly drawings?: number;
}

/** What `pipeline plan` and `run --dry-run` print: per stage whether it would run, why, and what it costs; totals at the end. */
export function planText(steps: readonly PlannedStep[], options: PlanTextOptions): string {
  if (steps.length === 0) return 'Nothing to do: the pipeline has no such stages\n';
  const groups: CellGroup<PlannedStep>[] =
    options.all === true
      ? steps.map(step => ({ name: step.stage, items: [step] }))
      : groupCells(steps, step => step.stage);
  const heads = aligned(groups.map(headOf));
  const width = Math.max(...heads.map(lengthOf));
  const lines = groups.flatMap((group, i) =>
    withDetails(`  ${heads[i]!.padEnd(width)}`, detailsOf(group, options), options.columns),
  );
  const hint = groups.length < steps.length ? ['', 'Show every cell of a matrix: --all'] : [];
  return [...lines, ...hint, '', ...totals(steps), ...drawingLine(options), ''].join('\n');
}

function headOf({ name, items }: CellGroup<PlannedStep>): string[] {
  const [first] = items;
  if (items.length > 1) return [clip(name, LONGEST_NAME), `${formatCount(items.length)} cells`, ''];
  return [clip(name, LONGEST_NAME), STATE_WORDS[first!.state], first!.key === null ? '' : shortDigest(first!.key)];
}

const LONGEST_NAME = 48;

function detailsOf({ items }: CellGroup<PlannedStep>, options: PlanTextOptions): string[] {
  return items.length === 1 ? stepDetails(items[0]!, options) : groupDetails(items, options);
}

function stepDetails(step: PlannedStep, { cwd, now }: PlanTextOptions): string[] {
  if (step.state === 'hit') {
    const made =
      step.nearest === null ? [] : [`${ageOf(step.nearest.finished, now)}, run ${shortRun(step.nearest.run)}`];
    return [...made, ...(step.saves === null ? [] : [`saves ${formatSeconds(step.saves)}`])];
  }
  return [...firstReason(step, cwd), ...costText(step)];
}

function firstReason({ state, because, needs }: PlannedStep, cwd: string): string[] {
  const [first] = because;
  if (first === undefined) {
    if (state === 'pending' && needs.length > 0) return [`after ${clip(needs.join(', '), 60)}`];
    return [];
  }
  const place = first.places[0] === undefined ? '' : `  ${shownPlace(first.places[0], cwd)}`;
  const more = because.length > 1 ? `  and ${because.length - 1} more` : '';
  // The second of the chain is the input that the text names already; what follows leads to where the change began.
  const way = first.chain.slice(2).map(link => ` ← ${link}`);
  return [clip([first.text, ...way].join(''), LONGEST_REASON) + place + more];
}

const LONGEST_REASON = 160;

function costText(step: PlannedStep): string[] {
  const expected = expectationOf(step);
  if (expected === null) return [];
  const median = expected.runs > 1 ? ` (median of ${expected.runs} runs)` : ' (1 run)';
  const bytes = expected.bytes === null ? '' : `, ${formatBytes(expected.bytes)}`;
  return [`~${formatSeconds(expected.seconds)}${bytes}${median}`];
}

interface Expectation {
  readonly seconds: number;
  readonly bytes: number | null;
  readonly runs: number;
}

/** A forced stage has a result, so its time is known as that of a reused one. */
function expectationOf({ state, expected, saves }: PlannedStep): Expectation | null {
  if (state !== 'forced' || saves === null) return expected;
  return { seconds: saves, bytes: null, runs: 1 };
}

/** States of the cells, and the reason that most of those that run have. */
function groupDetails(cells: readonly PlannedStep[], { cwd }: PlanTextOptions): string[] {
  const counts = countStates(cells).map(([state, count]) => `${formatCount(count)} ${state}`);
  const running = cells.filter(({ state }) => state !== 'hit');
  const reasons = new Map<string, number>();
  for (const reason of running.flatMap(cell => firstReason(cell, cwd).slice(0, 1))) {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const [commonest] = [...reasons].sort((a, b) => b[1] - a[1]);
  const why =
    commonest === undefined || commonest[1] === 1
      ? []
      : [commonest[1] === running.length ? commonest[0] : `${commonest[0]} (${formatCount(commonest[1])} cells)`];
  const seconds = sum(running.map(cell => expectationOf(cell)?.seconds ?? 0));
  return [counts.join(', '), ...why, ...(seconds > 0 ? [`~${formatSeconds(seconds)} in all`] : [])];
}

/** Details after the head as long as they fit, then below it. */
function withDetails(head: string, details: readonly string[], columns: number): string[] {
  const lines = [head];
  for (const detail of details) {
    const longer = `${lines.at(-1)!}  ${detail}`;
    if (lengthOf(longer) <= columns) lines[lines.length - 1] = longer;
    else lines.push(`      ${detail}`);
  }
  return lines.map(line => line.trimEnd());
}

function totals(steps: readonly PlannedStep[]): string[] {
  const counts = countStates(steps).map(([state, count]) => `${formatCount(count)} ${state}`);
  const saved = sum(steps.map(({ state, saves }) => (state === 'hit' ? (saves ?? 0) : 0)));
  const running = steps.filter(({ state }) => state !== 'hit');
  const known = running.flatMap(step => expectationOf(step) ?? []);
  const lines = [`${plural(steps.length, 'stage')}: ${counts.join(', ')}`];
  if (saved > 0) lines.push(`reuse saves ${formatSeconds(saved)}`);
  if (running.length === 0) return [...lines, 'All results exist: a run would execute nothing'];
  const unknown = running.length - known.length;
  if (known.length > 0) {
    const sizes = known.flatMap(({ bytes }) => bytes ?? []);
    const bytes = sizes.length === known.length ? `, ${formatBytes(sum(sizes))}` : '';
    const rest =
      unknown > 0 ? `, and ${plural(unknown, 'stage')} that ${unknown === 1 ? 'has' : 'have'} never run` : '';
    const seconds = sum(known.map(each => each.seconds));
    lines.push(`to run: about ${formatSeconds(seconds)} one after another${bytes}${rest}`);
  } else
    lines.push(
      `to run: ${plural(unknown, 'stage')} that ${unknown === 1 ? 'has' : 'have'} never run: no time estimate`,
    );
  if (running.some(({ state }) => state === 'pending'))
    lines.push('pending: will run unless its inputs turn out unchanged');
  return lines;
}

function drawingLine({ drawings = 0 }: PlanTextOptions): string[] {
  return drawings === 0 ? [] : [`the pictures of ${plural(drawings, 'existing result')} would be drawn again`];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
