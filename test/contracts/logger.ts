import { describe, expect, test } from '@jest/globals';
import type { LoggerMember } from '../../src/workflow/loggers/logger';
import type { RunEvent, RunFinished } from '../../src/workflow/run/events';
import { recordingEffects, type Recording } from '../helpers/effects';
import { everyEvent, HOSTILE } from '../helpers/every-event';

/** What every logger must do, wherever its output goes. */
export function describeLogger(name: string, { open }: LoggerMember): void {
  describe(`${name} logger`, () => {
    test.each(HOSTILE)('shows every event and lets no %j in it act', evil => {
      const { out, err } = show(everyEvent(evil, FAILED));
      const text = withoutOwnOrders(out() + err());
      expect(text).not.toMatch(ACTING);
      expect(text).toContain('last');
    });

    test('throws at no event, in whatever order they come, and however narrow the window is', () => {
      const events = everyEvent('x');
      expect(() => show([...events].reverse(), { columns: 1 })).not.toThrow();
      for (const event of events) expect(() => show([event], { columns: 0 })).not.toThrow();
    });

    test('ends with the outcome', () => {
      const [done, failed, interrupted] = [DONE, FAILED, INTERRUPTED].map(end => {
        const recording = show(everyEvent('x').filter(({ type }) => type === 'run-started'));
        const before = (recording.out() + recording.err()).length;
        const both = show([...everyEvent('x', end)].filter(({ type }) => /^run-(started|finished)$/.test(type)));
        return (both.out() + both.err()).slice(before);
      });
      expect(failed).toMatch(/\b1 failed\b|"outcome":"failed"/);
      expect(interrupted).toMatch(/\binterrupted\b/);
      expect(done).toMatch(/\b2 executed\b|"outcome":"done"/);
      expect(done).not.toMatch(/[1-9] failed|interrupted/);
    });

    test('says on the error output, in a line, what is no event, and gives everything back at its end', () => {
      const recording = recordingEffects({ columns: 80 });
      const logger = open(recording.effects);
      logger.warn(`no room \x1b[2J for events.jsonl`);
      expect(recording.err()).toMatch(/^(! )?no room \ufffd\[2J for events.jsonl\n$/);
      logger.close();
      expect(recording.timers()).toBe(0);
    });
  });

  function show(events: readonly RunEvent[], { columns = 200 } = {}): Recording {
    const recording = recordingEffects({ columns });
    const logger = open(recording.effects);
    for (const event of events) {
      logger.log(event);
      recording.pass(300);
    }
    logger.close();
    return recording;
  }
}

const DONE: Partial<RunFinished> = { outcome: 'done', exit: 0 };
const FAILED: Partial<RunFinished> = { outcome: 'failed', exit: 1, failed: 1 };
const INTERRUPTED: Partial<RunFinished> = { outcome: 'interrupted', exit: 130 };

/** What moves the cursor, changes colours or turns text round. */
const ACTING = /(?!\n)[\p{Cc}\u2028\u2029]|(?![\u200c\u200d])\p{Cf}/u;

/** Text without what a logger itself may tell a terminal: cursor off and on, up, erase, and colours of the foreground. */
function withoutOwnOrders(text: string): string {
  return text.replace(/\x1b\[(\?25[lh]|\d+A|J|0m|2m|3\dm)|\r(?=\x1b\[J)/g, '');
}
