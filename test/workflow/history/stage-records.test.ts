import { describe, expect, test } from '@jest/globals';
import type { CheckedPipeline } from '../../../src/workflow/configuration/checked-pipeline';
import { gatherStageRecords } from '../../../src/workflow/history/stage-records';
import type { RunEventBody } from '../../../src/workflow/run/events';

const PIPELINE = {
  steps: ['a', 'b', 'c', 'd', 'e'].map(id => ({ id, options: { word: id } })),
} as unknown as CheckedPipeline;
const RESULT = { key: 'k', digest: 'sha256:1', folder: '/x', seconds: 2, bytes: 3, metrics: { loss: 1 } };

function gather(...events: readonly RunEventBody[]) {
  const records = gatherStageRecords(PIPELINE);
  for (const event of events) records.take({ time: 't', ...event });
  return records;
}

const started = (...ids: readonly string[]): RunEventBody => {
  const stages = ids.map(id => ({ id, uses: 'say', needs: [] }));
  return { type: 'run-started', format: 1, run: 'r', runFolder: '/r', pipeline: 'toy', file: '/t', jobs: 1, stages };
};

describe('gatherStageRecords()', () => {
  test('says of each stage of the run what became of it, in order', () => {
    const records = gather(
      started('a', 'b', 'c', 'd'),
      { type: 'stage-reused', stage: 'b', ageMs: 1, run: 'r', ...RESULT },
      { type: 'stage-finished', stage: 'a', amount: null, peakMemory: null, rows: null, ...RESULT },
      { type: 'stage-failed', stage: 'c', attempt: 1, seconds: 4, error: {} as never },
      { type: 'stage-skipped', stage: 'd', because: 'c' },
    );
    records.note('a', 'object');
    expect(records.all().map(({ stage, status, seconds, object }) => [stage, status, seconds, object])).toEqual([
      ['a', 'executed', 2, 'object'],
      ['b', 'reused', 2, null],
      ['c', 'failed', 4, null],
      ['d', 'not run', null, null],
    ]);
    expect(records.all()[0]).toMatchObject({
      options: { word: 'a' },
      metrics: { loss: 1 },
      key: 'k',
      digest: 'sha256:1',
    });
  });

  test('has nothing before the run starts, and takes no harm from a stage that it does not have', () => {
    expect(gather().all()).toEqual([]);
    const records = gather(started('a'), {
      type: 'stage-failed',
      stage: 'z',
      attempt: 1,
      seconds: 4,
      error: {} as never,
    });
    records.note('z', 'object');
    expect(records.all().map(({ stage }) => stage)).toEqual(['a']);
  });
});
