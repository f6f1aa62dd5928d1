import type { RunEvent } from '../run/events';
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
import { describePace, pace, type Pace } from './pace';
import { printable } from '../../kit/text/printable';

const PROGRESS_EVERY_MS = 5000;

export const plain: LoggerMember = {
  summary: 'plain lines, for pipes, files and continuous integration',
  fits: () => true,
  open: openPlain,
};

function openPlain({ now, out, err, cwd }: LoggerEffects): Logger {
  const paces = new Map<string, Pace>();
  const lastSaid = new Map<string, number>();
  const failed: FailedStage[] = [];
  const reasonOf = reasonTeller(cwd);
  const say = (text: string): void => out.write(printable(text) + '\n');
  const begins = (stage: string): void => {
    paces.delete(stage);
    lastSaid.set(stage, now());
  };

  const log = (event: RunEvent): void => {
    switch (event.type) {
      case 'run-started':
        say(`pipeline ${startedLine(event)}`);
        break;
      case 'stage-planned': {
        const why = reasonOf(event);
        if (why !== undefined) say(`  ${event.stage}  ${why}`);
        break;
      }
      case 'stage-waiting':
        begins(event.stage);
        say(`  ${event.stage}  ${waitingLine(event)}`);
        break;
      case 'stage-started':
        begins(event.stage);
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
      case 'run-expected':
      case 'stage-scalars':
        break;
      case 'stage-retry':
        say(`! ${event.stage}  ${retryLine(event)}`);
        break;
      case 'stage-finished':
        say(`✓ ${event.stage}  ${finishedLine(event)}`);
        break;
      case 'stage-reused':
        say(`= ${event.stage}  ${reusedLine(event)}`);
        break;
      case 'stage-failed':
        failed.push(event);
        say(`✗ ${event.stage}  failed`);
        break;
      case 'stage-skipped':
        say(`- ${event.stage}  ${skippedLine(event)}`);
        break;
      case 'run-finished':
        say(closingLines(event, cwd).join('\n'));
        if (failed.length > 0) err.write(printable(failureBlock(failed, event.runFolder, cwd)));
    }
  };
  return { log, warn: text => err.write(printable(text) + '\n'), close: () => undefined };
}
