import type { KeyLeaves } from '../../workflow/store';
import { clip, printable } from '../../kit/text/printable';
import type { PastExecution, PlannedStep, Reason } from '../../workflow/plan/planned-step';
import type { Json } from '../../stage';
import { formatBytes, formatCount, formatSeconds } from '../../kit/text/human';
import { STATE_WORDS } from '../shared/plan-states';
import { ageOf, dateOf, shownPlace, shortDigest, shortRun, valueText } from '../shared/wording';
import { aligned } from '../../kit/text/aligned';

export interface ExplainTextOptions {
  readonly cwd: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** All leaves of the step's key; null while they are not known. */
  readonly leaves: KeyLeaves | null;
  /** Of a result that a person accepted for this key. */
  readonly accepted?: { readonly because: string; readonly from: string; readonly time: string } | null;
  /** How the stage ended in the past run that is explained. */
  readonly past?: { readonly run: string; readonly reused: boolean };
}

/** What `pipeline explain` prints: everything that decided whether a stage runs, and its origin. */
export function explainText(step: PlannedStep, options: ExplainTextOptions): string {
  return [
    `${printable(step.stage)} (${printable(step.uses)}): ${STATE_WORDS[step.state]}${step.key === null ? '' : `, key ${shortDigest(step.key)}`}`,
    meaning(step, options),
    ...made(step, options),
    ...compared(step, options),
    ...matched(step, options),
    ...cost(step),
    '',
  ].join('\n');
}

/** The same for programs, in one line: a matrix has one for each cell. */
export function explainJson(step: PlannedStep, { leaves, accepted = null }: ExplainTextOptions): string {
  return `${JSON.stringify({ kind: 'fairdistill-explanation', format: 1, ...step, leaves, accepted })}\n`;
}

const MEANINGS: Readonly<Record<PlannedStep['state'], string>> = {
  hit: 'The result exists; a run would reuse it.',
  partial: 'It has to run, but can resume or reuse part of earlier work.',
  miss: 'It has to run.',
  forced: 'The result exists, but --force makes it run again.',
  pending: 'Its key is known once the stages before it have finished; it will run unless their results are unchanged.',
};

function meaning({ state }: PlannedStep, { past }: ExplainTextOptions): string {
  if (past === undefined) return MEANINGS[state];
  const run = `Run ${shortRun(past.run)}`;
  return past.reused ? `${run} found the result and reused it.` : `${run} had to execute it.`;
}

function made({ state, nearest, saves }: PlannedStep, { now, accepted }: ExplainTextOptions): string[] {
  if (state !== 'hit' || nearest === null) return [];
  const saved = saves === null ? '' : `; reusing it saves ${formatSeconds(saves)}`;
  const lines = ['', `made by ${whereAndWhen(nearest, now)}${saved}`];
  if (!accepted) return lines;
  return [
    ...lines,
    `accepted for this key ${ageOf(accepted.time, now)} although it was made under ${shortDigest(accepted.from)}, because: ${clip(accepted.because, 200)}`,
  ];
}

function compared(
  { state, nearest, because, needs }: PlannedStep,
  { now, cwd, accepted }: ExplainTextOptions,
): string[] {
  if (state === 'pending' && nearest === null) {
    return needs.length === 0
      ? []
      : ['', `waits for ${clip(needs.join(', '), 200)}; run explain on the first of them that is not a hit`];
  }
  if (nearest === null)
    return ['', 'nearest earlier execution: none', ...because.map(({ text }) => `  ${printable(text)}`)];
  // `made` has already shown the acceptance.
  if (state === 'hit' && accepted) return [];
  if (state === 'hit' && nearest.differing === 0) return because.flatMap(reason => reasonLines(reason, cwd));
  return [
    '',
    `nearest earlier execution: ${whereAndWhen(nearest, now)}`,
    `  ${nearest.differing} of ${countLeaves(nearest.leaves)} of the key ${nearest.differing === 1 ? 'differs' : 'differ'}`,
    ...because.flatMap(reason => reasonLines(reason, cwd)),
  ];
}

function whereAndWhen({ run, pipeline, step, finished }: PastExecution, now: number): string {
  return `run ${shortRun(run)}, stage ${printable(step)} of ${printable(pipeline)}, ${ageOf(finished, now)} (${dateOf(finished)})`;
}

function reasonLines(reason: Reason, cwd: string): string[] {
  const { leaf, before, after, places, chain } = reason;
  const change =
    before === null && after === null ? printable(reason.text) : `${leafName(leaf)}  ${side(before)} → ${side(after)}`;
  return [
    `    ${change}`,
    ...places.map(place => `        ${shownPlace(place, cwd)}${place.line === 0 ? '' : `  ${clip(place.text, 80)}`}`),
    ...(chain.length > 2 ? [`        ← ${chain.map(link => clip(link, 80)).join(' ← ')}`] : []),
  ];
}

/** Code is named by its module, because a leaf of code stands for a file that somebody has edited. */
function leafName(leaf: string): string {
  return leaf.startsWith('code.') ? `code of ${printable(leaf.slice('code.'.length))}` : printable(leaf);
}

const LONGEST_VALUE = 60;

function side(value: string | null): string {
  if (value === null) return 'absent';
  return /^(sha256:)?[0-9a-f]{32,}$/.test(value) ? shortDigest(value) : clip(value, LONGEST_VALUE);
}

/** Every leaf of the key, those of one kind together. */
function matched({ state, because }: PlannedStep, { leaves }: ExplainTextOptions): string[] {
  if (leaves === null) return [];
  const changed = new Set(because.map(({ leaf }) => leaf));
  const same = Object.entries(leaves).filter(([leaf]) => !changed.has(leaf));
  if (same.length === 0) return [];
  const title =
    state === 'hit' ? `matched on all ${countLeaves(same.length)} of the key` : 'the other leaves of the key';
  return ['', `${title}:`, ...aligned(same.map(([leaf, value]) => [`    ${leafName(leaf)}`, leafValue(value)]))];
}

function leafValue(value: Json): string {
  return typeof value === 'string' ? side(value) : valueText(value, LONGEST_VALUE);
}

function cost({ state, expected }: PlannedStep): string[] {
  if (state === 'hit' || expected === null) return [];
  const runs = expected.runs === 1 ? '1 run' : `median of ${expected.runs} runs`;
  return ['', `expected: ${formatSeconds(expected.seconds)} and ${formatBytes(expected.bytes)} (${runs})`];
}

function countLeaves(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'leaf' : 'leaves'}`;
}
