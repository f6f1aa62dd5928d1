import type { Failure, Holder, RunEvent, RunFinished } from '../run/events';
import type { PlannedStep } from '../plan/planned-step';

/** The events of a run so far, by stage, in the order of the run. Times are milliseconds since 1970. */
export interface RunTimeline {
  readonly stages: Map<string, StageTimeline>;
  started: number | null;
  end: RunFinished | null;
}

export interface StageTimeline {
  readonly stage: string;
  readonly uses: string;
  plan?: PlannedStep;
  readonly spans: TimeSpan[];
  failure?: Failure;
  skippedBecause?: string;
  rows?: { readonly reused: number; readonly total: number };
}

/** Something that took time. */
export interface TimeSpan {
  readonly what: 'waiting' | 'executed' | 'failed' | 'reused' | 'running';
  readonly from: number;
  readonly to: number;
  readonly holder?: Holder;
}

export function emptyTimeline(): RunTimeline {
  return { stages: new Map(), started: null, end: null };
}

/** Adds an event. */
export function addEvent(timeline: RunTimeline, event: RunEvent): void {
  const time = Date.parse(event.time);
  if (event.type === 'run-started') {
    timeline.started = time;
    for (const { id, uses } of event.stages) timeline.stages.set(id, { stage: id, uses, spans: [] });
  } else if (event.type === 'run-finished') {
    timeline.end = event;
  } else if (event.type !== 'run-expected') {
    const stage = timeline.stages.get(event.stage);
    if (stage !== undefined) addToStage(stage, event, time);
  }
}

function addToStage(
  stage: StageTimeline,
  event: Exclude<RunEvent, { type: 'run-started' | 'run-expected' | 'run-finished' }>,
  time: number,
): void {
  switch (event.type) {
    case 'stage-planned':
      stage.plan = event;
      break;
    case 'stage-waiting':
      close(stage, 'waiting', time);
      stage.spans.push({ what: 'waiting', from: time, to: time, holder: event.holder });
      break;
    case 'stage-started':
      close(stage, 'waiting', time);
      stage.spans.push({ what: 'running', from: time, to: time });
      break;
    case 'stage-retry':
      close(stage, 'failed', time);
      break;
    case 'stage-reused':
      close(stage, 'waiting', time);
      stage.spans.push({ what: 'reused', from: time, to: time });
      break;
    case 'stage-finished':
      close(stage, 'executed', time);
      if (event.rows !== null) stage.rows = event.rows;
      break;
    case 'stage-failed':
      close(stage, 'failed', time);
      stage.failure = event.error;
      break;
    case 'stage-skipped':
      stage.skippedBecause = event.because;
      break;
    case 'stage-progress':
    case 'stage-scalars':
    case 'stage-log':
      break;
  }
}

/** Ends the open span; running work gets its outcome. */
function close({ spans }: StageTimeline, outcome: TimeSpan['what'], time: number): void {
  const last = spans.at(-1);
  if (last?.what === 'running') spans[spans.length - 1] = { ...last, what: outcome, to: time };
  else if (last?.what === 'waiting' && last.to === last.from) spans[spans.length - 1] = { ...last, to: time };
}
