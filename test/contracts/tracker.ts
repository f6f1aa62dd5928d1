import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { CheckedPipeline } from '../../src/workflow/configuration/checked-pipeline';
import type { TrackedRun, Tracker, TrackerMember } from '../../src/workflow/trackers/tracker';
import { recordingEffects, type Recording } from '../helpers/effects';
import { everyEvent, HOSTILE } from '../helpers/every-event';

/** What every tracker must do. `env`: variables for which it is wanted, where nothing answers that it speaks to. */
export function describeTracker(name: string, { open }: TrackerMember, env: Readonly<Record<string, string>>): void {
  describe(`${name} tracker`, () => {
    test('takes every event, whatever names hold, and ends although nobody answers', async () => {
      for (const evil of HOSTILE) {
        const { tracker, recording } = begin();
        for (const event of everyEvent(evil)) expect(() => tracker.take(event)).not.toThrow();
        await tracker.close();
        expect(recording.err()).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
      }
    }, 60_000);

    test('ends within 3 s also when the run broke off before its last event, and leaves no timer', async () => {
      const { tracker, recording } = begin();
      for (const event of everyEvent('x').slice(0, -4)) tracker.take(event);
      const start = performance.now();
      await tracker.close();
      expect(performance.now() - start).toBeLessThan(3500);
      expect(recording.timers()).toBe(0);
    });

    test('says at most once that nothing can be kept, and never fails the run for it', async () => {
      const file = join(mkdtempSync(join(tmpdir(), 'fairdistill-')), 'file');
      writeFileSync(file, '');
      const { tracker, recording } = begin(file);
      for (const event of [...everyEvent('x'), ...everyEvent('y')]) expect(() => tracker.take(event)).not.toThrow();
      await tracker.close();
      expect(recording.err().split('\n').length).toBeLessThanOrEqual(2);
    });
  });

  function begin(folder = mkdtempSync(join(tmpdir(), 'fairdistill-'))): {
    readonly tracker: Tracker;
    readonly recording: Recording;
  } {
    const recording = recordingEffects({ env });
    const tracker = open({ ...TRACKED, history: { ...TRACKED.history, folder }, effects: recording.effects });
    expect(tracker).toBeDefined();
    return { tracker: tracker!, recording };
  }
}

const TRACKED: Omit<TrackedRun, 'effects'> = {
  pipeline: { name: 'toy', file: '/toy.yaml', params: {}, steps: [] } as unknown as CheckedPipeline,
  history: { id: '20261124-101500-amber-otter', folder: '/nowhere', git: Promise.resolve(null) },
};
