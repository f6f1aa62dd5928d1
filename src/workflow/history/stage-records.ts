import type { CheckedPipeline } from '../configuration/checked-pipeline';
import type { RunEvent } from '../run/events';
import type { StageRecord } from './run-record';

/** Gathers what became of each stage. */
export interface StageRecords {
  take(event: RunEvent): void;
  /** The object of a stage's artifact. */
  readonly note: (stage: string, object: string) => void;
  /** In the order of the pipeline; stages that were not asked for are left out. */
  all(): StageRecord[];
}

export function gatherStageRecords(pipeline: Pick<CheckedPipeline, 'steps'>): StageRecords {
  const records = new Map<string, StageRecord>();
  const options = new Map(pipeline.steps.map(step => [step.id, step.options]));
  const change = (stage: string, changes: Partial<StageRecord>): void => {
    const record = records.get(stage);
    if (record !== undefined) records.set(stage, { ...record, ...changes });
  };
  return {
    take: event => {
      if (event.type === 'run-started') {
        for (const { id, uses } of event.stages) records.set(id, notRun(id, uses, options.get(id) ?? {}));
      } else if (event.type === 'stage-planned') {
        change(event.stage, { key: event.key });
      } else if (event.type === 'stage-finished' || event.type === 'stage-reused') {
        const { key, digest, seconds, bytes, metrics } = event;
        const status = event.type === 'stage-finished' ? 'executed' : 'reused';
        change(event.stage, { status, key, digest, seconds, bytes, metrics });
      } else if (event.type === 'stage-failed') {
        change(event.stage, { status: 'failed', seconds: event.seconds });
      }
    },
    note: (stage, object) => change(stage, { object }),
    all: () => [...records.values()],
  };
}

function notRun(stage: string, uses: string, options: StageRecord['options']): StageRecord {
  const nothing = { key: null, object: null, digest: null, seconds: null, bytes: null };
  return { stage, uses, status: 'not run', ...nothing, options, metrics: {} };
}
