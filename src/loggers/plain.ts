import type { RunEvent } from '../pipeline/events';
import { closingLines, failureLines, finishedLine, reusedLine } from './lines';
import type { Logger, LoggerEffects } from './logger';
import { describePace, pace, type Pace } from './pace';
import { printable } from './printable';

const PROGRESS_EVERY_MS = 5000;

/** Lines that stay where they are: for pipes, files and continuous integration. */
export function plain({ now, out, err, cwd }: LoggerEffects): Logger {
  const paces = new Map<string, Pace>();
  const lastSaid = new Map<string, number>();
  const failures: string[] = [];
  const say = (text: string): void => out.write(printable(text) + '\n');

  const log = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started':
        say(`pipeline ${event.pipeline}`);
        break;
      case 'stage-started':
        lastSaid.set(event.stage, now());
        say(`> ${event.stage}  started`);
        break;
      case 'stage-progress': {
        paces.set(event.stage, pace(paces.get(event.stage), event, now()));
        if (now() - (lastSaid.get(event.stage) ?? 0) < PROGRESS_EVERY_MS) break;
        lastSaid.set(event.stage, now());
        say(`  ${event.stage}  ${describePace(paces.get(event.stage)!)}`);
        break;
      }
      case 'stage-log':
        say(`  ${event.stage}  ${event.level === 'warn' ? 'warning: ' : ''}${event.text}`);
        break;
      case 'stage-finished':
        say(`✓ ${event.stage}  ${finishedLine(event)}`);
        break;
      case 'stage-reused':
        say(`= ${event.stage}  ${reusedLine(event)}`);
        break;
      case 'stage-failed':
        failures.push(...failureLines(event.stage, event.error));
        say(`✗ ${event.stage}  failed`);
        break;
      case 'run-finished':
        say(closingLines(event, cwd).join('\n'));
        if (failures.length > 0) err.write(printable(failures.join('\n')) + '\n');
    }
  };
  return { log, close: () => undefined };
}
