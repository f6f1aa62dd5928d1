import { expect, test } from '@jest/globals';
import type { TrackedRun, Tracker, TrackerMember } from '../../../src/workflow/trackers/tracker';
import { openTrackers } from '../../../src/workflow/trackers/open-trackers';
import { recordingEffects } from '../../helpers/effects';
import { everyEvent } from '../../helpers/every-event';

const summary = 'a toy for tests';

function open(members: Readonly<Record<string, TrackerMember>>) {
  const { effects, err } = recordingEffects();
  const history = { id: 'r', folder: '/nowhere', git: Promise.resolve(null) };
  const run = { pipeline: {}, history, effects } as unknown as TrackedRun;
  return { trackers: openTrackers(run, members), err };
}

test('a tracker that throws is reported once, closed all the same, and the others go on', async () => {
  const [taken, closed]: [string[], string[]] = [[], []];
  const good: Tracker = {
    take: event => void taken.push(event.type),
    close: () => (closed.push('good'), Promise.resolve()),
  };
  const bad: Tracker = {
    take: () => {
      throw new Error('no \x1b[2J room');
    },
    close: () => (closed.push('bad'), Promise.reject(new Error('nobody there'))),
  };
  const { trackers, err } = open({
    none: { summary, open: () => undefined },
    bad: { summary, open: () => bad },
    good: { summary, open: () => good },
  });
  const events = everyEvent('x');
  for (const event of events) for (const tracker of trackers) tracker.take(event);
  await Promise.all(trackers.map(tracker => tracker.close()));
  expect(taken).toEqual(events.map(({ type }) => type));
  expect(closed).toEqual(['bad', 'good']);
  expect(err()).toBe('Tracker bad failed (no \ufffd[2J room); the run continues\n');
});

test('a tracker that cannot be opened is reported and left out', () => {
  const broken: TrackerMember = {
    summary,
    open: () => {
      throw new Error('bad address');
    },
  };
  const { trackers, err } = open({ broken });
  expect(trackers).toEqual([]);
  expect(err()).toBe('Tracker broken failed (bad address); the run continues\n');
});
