import { formatCount, formatSeconds } from '../../kit/text/human';

/** The pace of a stage, from its progress events. */
export interface Pace {
  readonly unit: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly note: string | undefined;
  /** Where and when counting of this unit began, in milliseconds since 1970. */
  readonly firstDone: number;
  readonly firstTime: number;
  readonly lastTime: number;
}

export interface Progress {
  readonly done: number;
  readonly total?: number | undefined;
  readonly unit: string;
  readonly note?: string | undefined;
}

/** The pace after one more progress event. Counting starts again when the unit changes. */
export function pace(before: Pace | undefined, { done, total, unit, note }: Progress, time: number): Pace {
  const goesOn = before?.unit === unit && before.total === total && before.done <= done;
  const { firstDone, firstTime } = goesOn ? before : { firstDone: done, firstTime: time };
  return { unit, done, total, note, firstDone, firstTime, lastTime: time };
}

/** Things per second, or undefined while too little is known. */
function rateOf({ done, firstDone, firstTime, lastTime }: Pace): number | undefined {
  const seconds = (lastTime - firstTime) / 1000;
  return seconds > 0.2 && done > firstDone ? (done - firstDone) / seconds : undefined;
}

/** Seconds until all is done, or undefined while too little is known. */
export function secondsLeft(state: Pace): number | undefined {
  const { done, total } = state;
  const rate = rateOf(state);
  return rate !== undefined && total !== undefined && total > done ? (total - done) / rate : undefined;
}

/**
 * `1,200/2,000 images  45/s  18.0 s left  epoch 1 of 3, loss 2.1`. Where that is wider than `width`, the rate goes first, then the counts,
 * then the time left: the note is what cannot be guessed from a bar.
 */
export function describePace(state: Pace, width = Infinity): string {
  const { done, total, unit, note } = state;
  const [rate, left] = [rateOf(state), secondsLeft(state)];
  const counts = `${formatCount(done)}${total === undefined ? '' : `/${formatCount(total)}`} ${unit}`;
  const parts: (string | undefined)[] = [
    counts,
    rate === undefined ? undefined : `${formatRate(rate)}/s`,
    left === undefined ? undefined : `${formatSeconds(left)} left`,
    note,
  ];
  const text = (): string => parts.filter(part => part !== undefined).join('  ');
  for (const droppable of note === undefined ? [1] : [1, 0, 2]) if (text().length > width) parts[droppable] = undefined;
  return text();
}

function formatRate(rate: number): string {
  return rate >= 9.95 ? formatCount(rate) : rate.toPrecision(2);
}
