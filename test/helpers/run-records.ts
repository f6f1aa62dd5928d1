import type { RunRecord, StageRecord } from '../../src/workflow/history/run-record';

/** A record of a finished run, with what a test cares about. */
export function runRecord(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    kind: 'fairdistill-run',
    format: 1,
    id,
    pipeline: 'toy',
    file: '/proj/toy.yaml',
    command: ['pipeline', 'run', 'toy'],
    started: '2026-11-24T10:15:00.000Z',
    finished: '2026-11-24T10:16:30.000Z',
    outcome: 'done',
    exit: 0,
    params: {},
    profiles: [],
    engine: '',
    process: { host: 'elsewhere', pid: 1, started: null },
    git: null,
    stages: [],
    ...changes,
  };
}

export function stageRecord(stage: string, changes: Partial<StageRecord> = {}): StageRecord {
  return {
    stage,
    uses: 'say',
    status: 'executed',
    key: 'k1',
    object: 'o1',
    digest: 'sha256:1111111111111111',
    seconds: 1.5,
    bytes: 100,
    options: {},
    metrics: {},
    ...changes,
  };
}
