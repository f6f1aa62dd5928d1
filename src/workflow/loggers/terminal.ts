import type { RunEvent } from '../run/events';
import { formatSeconds } from '../../kit/text/human';
import { failureBlock, type FailedStage } from './failures';
import {
  closingLines,
  finishedLine,
  reasonTeller,
  retryLine,
  reusedLine,
  skippedLine,
  startedLine,
  waitingLine,
} from './lines';
import type { Logger, LoggerEffects, LoggerMember } from './logger';
import { overall } from './overall';
import { describePace, pace, secondsLeft, type Pace } from './pace';
import { clip, printable } from '../../kit/text/printable';

const DRAW_EVERY_MS = 100;
const BAR = 20;
/** Below this a bar says nothing. */
const SHORTEST_BAR = 6;

const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';
const ERASE_BELOW = '\x1b[J';
const GREEN = '\x1b[32m';
const RED = '\x1b[31m';
const YELLOW = '\x1b[33m';
const DIM = '\x1b[2m';
const PLAIN = '\x1b[0m';

interface Running {
  readonly since: number;
  readonly pace?: Pace;
  /** Shown until there is progress: for whom it waits. */
  readonly note?: string;
}

export const terminal: LoggerMember = {
  summary: 'live progress bars, for a terminal',
  fits: drawable,
  open: openTerminal,
};

/** `CI` and `TERM=dumb` are the usual agreements for output that stays line by line. */
function drawable({ out, env }: Pick<LoggerEffects, 'out' | 'env'>): boolean {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  return out.isTerminal && !isSet('CI') && env['TERM'] !== 'dumb';
}

/**
 * A bar for each running stage at the bottom and a line for the whole run, drawn over and over; what is finished scrolls up, one line each.
 * Without colours where `NO_COLOR` is set (no-color.org).
 */
function openTerminal({ now, every, out, err, cwd, env }: LoggerEffects): Logger {
  const coloured = (colour: string, text: string): string => (env['NO_COLOR'] ? text : `${colour}${text}${PLAIN}`);
  const whole = overall();
  const running = new Map<string, Running>();
  const failed: FailedStage[] = [];
  const reasonOf = reasonTeller(cwd);
  let nameWidth = 0;
  let drawn = 0;

  // Goes up to the first bar. Bars are clipped to one line each, so counting them is enough.
  const erase = (): string => (drawn === 0 ? '\r' : `\x1b[${drawn}A\r`) + ERASE_BELOW;
  const leftOf = (stage: string): number | undefined => {
    const state = running.get(stage)?.pace;
    return state && secondsLeft(state);
  };
  const draw = (above = ''): void => {
    const bars = [...running].map(
      ([stage, state]) => barLine(stage.padEnd(nameWidth), state, now(), out.columns) + '\n',
    );
    const total = bars.length === 0 ? undefined : whole.line(now(), leftOf);
    if (total !== undefined) bars.push(`${coloured(DIM, clip(`  ${total}`, out.columns - 1))}\n`);
    if (above !== '' || drawn > 0 || bars.length > 0) out.write(erase() + above + bars.join(''));
    drawn = bars.length;
  };
  const say = (colour: string, mark: string, stage: string, text: string): void =>
    draw(`${coloured(colour, clip(`${mark} ${stage.padEnd(nameWidth)}  ${text}`, out.columns - 1))}\n`);
  // Text that must not be cut, however narrow the window.
  const sayWhole = (text: string): void => draw(printable(text) + '\n');
  const warn = (stage: string, text: string): void =>
    draw(`${coloured(YELLOW, printable(`! ${stage.padEnd(nameWidth)}  ${text}`))}\n`);

  out.write(HIDE_CURSOR);
  // Redraws at fixed intervals: time passes without events, and progress comes faster than anybody can read.
  const endTicks = every(DRAW_EVERY_MS, () => draw());

  const log = (event: RunEvent): void => {
    whole.add(event, now());
    switch (event.type) {
      case 'run-started':
        nameWidth = Math.max(...event.stages.map(stage => stage.id.length), 0);
        draw(`${clip(startedLine(event), out.columns - 1)}\n`);
        break;
      case 'stage-planned': {
        const why = reasonOf(event);
        if (why !== undefined) say(DIM, ' ', event.stage, why);
        break;
      }
      case 'stage-waiting':
        say(DIM, ' ', event.stage, waitingLine(event));
        running.set(event.stage, { since: now(), note: waitingLine(event) });
        break;
      case 'stage-started':
        running.set(event.stage, { since: now() });
        break;
      case 'stage-progress': {
        const state = running.get(event.stage) ?? { since: now() };
        running.set(event.stage, { ...state, pace: pace(state.pace, event, now()) });
        break;
      }
      case 'stage-log':
        if (event.level === 'info') say(DIM, ' ', event.stage, event.text);
        else warn(event.stage, event.text);
        break;
      case 'stage-scalars':
      case 'run-expected':
        break;
      case 'stage-retry':
        running.delete(event.stage);
        warn(event.stage, retryLine(event));
        break;
      case 'stage-finished':
        running.delete(event.stage);
        say(GREEN, '✓', event.stage, finishedLine(event));
        break;
      case 'stage-reused':
        running.delete(event.stage);
        say(DIM, '=', event.stage, reusedLine(event));
        break;
      case 'stage-failed':
        running.delete(event.stage);
        failed.push(event);
        say(RED, '✗', event.stage, `failed after ${formatSeconds(event.seconds)}`);
        break;
      case 'stage-skipped':
        running.delete(event.stage);
        say(DIM, '-', event.stage, skippedLine(event));
        break;
      case 'run-finished':
        running.clear();
        sayWhole(closingLines(event, cwd).join('\n'));
        if (failed.length > 0) err.write(printable(failureBlock(failed, event.runFolder, cwd)));
    }
  };
  return {
    log,
    warn: text => {
      // On the same screen as the bars, most likely.
      if (drawn > 0) out.write(erase());
      drawn = 0;
      err.write(`! ${printable(text)}\n`);
      draw();
    },
    close: () => {
      endTicks();
      running.clear();
      draw();
      out.write(SHOW_CURSOR);
    },
  };
}

function barLine(name: string, { since, pace: state, note }: Running, time: number, columns: number): string {
  const elapsed = formatSeconds((time - since) / 1000);
  // One column is left free: some terminals wrap when the last one is written.
  const room = columns - 1 - `  ${name}  `.length;
  const text = state !== undefined ? describePace(state, room) : note === undefined ? elapsed : `${note}  ${elapsed}`;
  const bar = state?.total ? barOf(state.done / state.total, room - text.length - 2) : '';
  return clip(`  ${name}  ${bar}${text}`, columns - 1);
}

/** As wide as there is room for, or nothing. */
function barOf(share: number, room: number): string {
  const width = Math.min(BAR, room);
  if (width < SHORTEST_BAR) return '';
  const filled = Math.min(width, Math.floor(share * width));
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}  `;
}
