import type { RunEvent } from '../pipeline/events';
import { formatSeconds } from '../util/human';
import { closingLines, failureLines, finishedLine, reusedLine } from './lines';
import type { Logger, LoggerEffects } from './logger';
import { describePace, pace, type Pace } from './pace';
import { clip, printable } from './printable';

const DRAW_EVERY_MS = 100;
const BAR = 20;

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
}

/** A bar for each running stage at the bottom, drawn over and over; what is finished scrolls up, one line each. */
export function terminal({ now, every, out, err, cwd }: LoggerEffects): Logger {
  const running = new Map<string, Running>();
  const failures: string[] = [];
  let nameWidth = 0;
  let drawn = 0;

  // Goes up to the first bar. Bars are clipped to one line each, so counting them is enough.
  const erase = (): string => (drawn === 0 ? '\r' : `\x1b[${drawn}A\r`) + ERASE_BELOW;
  const draw = (above = ''): void => {
    const bars = [...running].map(
      ([stage, state]) => barLine(stage.padEnd(nameWidth), state, now(), out.columns) + '\n',
    );
    if (above !== '' || drawn > 0 || bars.length > 0) out.write(erase() + above + bars.join(''));
    drawn = bars.length;
  };
  const say = (colour: string, text: string): void => draw(`${colour}${clip(text, out.columns - 1)}${PLAIN}\n`);
  const sayWhole = (text: string): void => draw(printable(text) + '\n');

  out.write(HIDE_CURSOR);
  // Time passes also when a stage says nothing, and progress comes more often than anybody can read.
  const endTicks = every(DRAW_EVERY_MS, () => draw());

  const log = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started':
        nameWidth = Math.max(...event.stages.map(stage => stage.id.length), 0);
        sayWhole(event.pipeline);
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
        if (event.level === 'info') say(DIM, `  ${event.stage.padEnd(nameWidth)}  ${event.text}`);
        // A warning is read whole, however narrow the window.
        else draw(`${YELLOW}! ${event.stage.padEnd(nameWidth)}  ${printable(event.text)}${PLAIN}\n`);
        break;
      case 'stage-finished':
        running.delete(event.stage);
        say(GREEN, `✓ ${event.stage.padEnd(nameWidth)}  ${finishedLine(event)}`);
        break;
      case 'stage-reused':
        say(DIM, `= ${event.stage.padEnd(nameWidth)}  ${reusedLine(event)}`);
        break;
      case 'stage-failed':
        running.delete(event.stage);
        failures.push(...failureLines(event.stage, event.error));
        say(RED, `✗ ${event.stage.padEnd(nameWidth)}  failed after ${formatSeconds(event.seconds)}`);
        break;
      case 'run-finished':
        running.clear();
        sayWhole(closingLines(event, cwd).join('\n'));
        if (failures.length > 0) err.write(printable(failures.join('\n')) + '\n');
    }
  };
  return {
    log,
    close: () => {
      endTicks();
      running.clear();
      draw();
      out.write(SHOW_CURSOR);
    },
  };
}

function barLine(name: string, { since, pace: state }: Running, time: number, columns: number): string {
  const elapsed = formatSeconds((time - since) / 1000);
  const total = state?.total ?? 0;
  const filled = total > 0 ? Math.min(BAR, Math.floor(((state?.done ?? 0) / total) * BAR)) : 0;
  const bar = total > 0 ? `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}  ` : '';
  // One column is left free: some terminals wrap when the last one is written.
  return clip(`  ${name}  ${bar}${state === undefined ? elapsed : describePace(state)}`, columns - 1);
}
