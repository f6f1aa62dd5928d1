import { TRACKERS } from '.';
import { messageOf } from '../../errors';
import { clip } from '../../kit/text/printable';
import type { TrackedRun, Tracker, TrackerMember } from './tracker';

const LONGEST_REASON = 100;

/** Opens the trackers that are wanted for a run. Each is held: one that throws is reported once and no longer used, and the run continues. */
export function openTrackers(
  run: TrackedRun,
  members: Readonly<Record<string, TrackerMember>> = TRACKERS.members,
): Tracker[] {
  return Object.entries(members).flatMap(([name, member]) => held(name, member, run) ?? []);
}

function held(name: string, member: TrackerMember, run: TrackedRun): Tracker | undefined {
  let hasFailed = false;
  const fail = (error: unknown): void => {
    if (!hasFailed)
      run.effects.err.write(`Tracker ${name} failed (${clip(messageOf(error), LONGEST_REASON)}); the run continues\n`);
    hasFailed = true;
  };
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch (error) {
      fail(error);
      return undefined;
    }
  };
  const tracker = attempt(() => member.open(run));
  if (tracker === undefined) return undefined;
  return {
    take: event => {
      if (!hasFailed) attempt(() => tracker.take(event));
    },
    // Also after a failure, or what it holds would stay open.
    close: async () => {
      await attempt(() => tracker.close().catch(fail));
    },
  };
}
