import type { RunEventBody } from '../run/events';
import { formatSeconds } from '../../kit/text/human';

/** How far a run is as a whole. Times are milliseconds since 1970. */
export interface Overall {
  add(event: RunEventBody, time: number): void;
  /**
   * `3 of 18 stages  1 min 02 s  ~40 s left`, or undefined before the run begins and where it has one stage only.
   * @param leftOf seconds that a running stage still needs, where its progress shows this
   */
  line(time: number, leftOf: (stage: string) => number | undefined): string | undefined;
}

type Started = Extract<RunEventBody, { type: 'run-started' }>;

export function overall(): Overall {
  let run: (Started & { readonly since: number }) | undefined;
  const since = new Map<string, number>();
  const ended = new Set<string>();
  let expected: Readonly<Record<string, number | null>> = {};

  /** Seconds until the last stage ends; undefined while some stage was never made here. */
  const secondsLeft = (time: number, leftOf: (stage: string) => number | undefined): number | undefined => {
    const finish = new Map<string, number>();
    let work = 0;
    for (const { id, needs } of run!.stages) {
      const left = ended.has(id) ? 0 : (leftOf(id) ?? remaining(expected[id], since.get(id), time));
      if (left === undefined) return undefined;
      work += left;
      finish.set(id, left + Math.max(0, ...needs.map(need => finish.get(need) ?? 0)));
    }
    return Math.max(work / run!.jobs, ...finish.values());
  };

  return {
    add(event, time) {
      switch (event.type) {
        case 'run-started':
          run = { ...event, since: time };
          break;
        case 'run-expected':
          expected = event.seconds;
          break;
        case 'stage-started':
          since.set(event.stage, time);
          break;
        case 'stage-finished':
        case 'stage-reused':
        case 'stage-failed':
        case 'stage-skipped':
          ended.add(event.stage);
          break;
        case 'run-finished':
        case 'stage-planned':
        case 'stage-waiting':
        case 'stage-progress':
        case 'stage-scalars':
        case 'stage-log':
        case 'stage-retry':
          break;
      }
    },
    line(time, leftOf) {
      if (run === undefined || run.stages.length < 2) return undefined;
      const left = secondsLeft(time, leftOf);
      const parts = [`${ended.size} of ${run.stages.length} stages`, formatSeconds((time - run.since) / 1000)];
      if (left !== undefined && left >= 1) parts.push(`~${formatSeconds(Math.round(left)).replace('.0 s', ' s')} left`);
      return parts.join('  ');
    },
  };
}

/** What an earlier run took, less what has passed. */
function remaining(expected: number | null | undefined, since: number | undefined, time: number): number | undefined {
  if (expected === null || expected === undefined) return undefined;
  return since === undefined ? expected : Math.max(0, expected - (time - since) / 1000);
}
