import type { Failure, RunEvent, RunEventBody, RunFinished } from '../../src/workflow/run/events';

type ByType = { readonly [Type in RunEventBody['type']]: Extract<RunEventBody, { type: Type }> };

export const TIME = '2026-11-24T10:15:00.500Z';

/** Orders to a terminal, in 7 and in 8 bits, and letters that turn text round or that nobody sees. */
export const HOSTILE = ['\x1b]0;owned\x07', '\x1b[41m', '\u009b2K', '\r', '\b', '\u202e', '\u200b', '\u{e0041}'];

/**
 * An event of every type of the union, in the order of a run: one stage is finished, one is reused, one fails, one is skipped. Each text that
 * comes from outside holds `evil`. A type that is new in the union does not compile until it stands here.
 */
export function everyEvent(evil: string, end: Partial<RunFinished> = {}): readonly RunEvent[] {
  const name = `st${evil}age`;
  const result = {
    ...{ stage: name, key: 'k', digest: 'sha256:0', folder: `/proj/artifacts/${evil}`, seconds: 12.3, bytes: 10 },
    metrics: { [`acc${evil}`]: 0.5, note: evil, none: null },
  };
  const error: Failure = {
    ...{ message: `Cannot read ${evil}.jpg\n${evil}`, class: 'your data' as const, code: 'corrupt', exit: 1 },
    ...{ item: `${evil}.jpg`, log: [`line ${evil}`], logFile: `/proj/${evil}/log.txt`, rerun: `pipeline run ${evil}` },
  };
  const reason = {
    ...{ leaf: 'options.seed', before: '1', after: evil, text: `options.seed 1 → ${evil}` },
    ...{
      places: [{ file: `/proj/${evil}.yaml`, line: 4, column: 2, text: evil }],
      chain: [name, 'options.seed', evil],
    },
  };
  const planned = { stage: name, uses: evil, needs: [evil], key: 'k', nearest: null, saves: null, expected: null };
  const byType: ByType = {
    'run-started': {
      ...{ type: 'run-started', format: 1, run: `20261124-101500-${evil}`, runFolder: `/proj/runs/${evil}` },
      ...{ pipeline: `toy${evil}`, file: `/proj/${evil}.yaml`, jobs: 2 },
      stages: [
        { id: name, uses: evil, needs: [] },
        { id: 'last', uses: 'say', needs: [name] },
      ],
    },
    'run-expected': { type: 'run-expected', seconds: { [name]: 3, last: null } },
    'stage-planned': { type: 'stage-planned', ...planned, state: 'miss', because: [reason, reason] },
    'stage-waiting': {
      ...{ type: 'stage-waiting', stage: name, key: 'k', behind: evil },
      holder: { host: evil, pid: 1, run: `20261124-101400-${evil}`, since: TIME },
    },
    'stage-started': { type: 'stage-started', stage: name, uses: evil, key: 'k', attempt: 1, gpus: [evil] },
    'stage-progress': {
      ...{ type: 'stage-progress', stage: name, done: 1, total: 3, unit: `images${evil}`, note: `epoch ${evil}` },
    },
    'stage-log': { type: 'stage-log', stage: name, level: 'warn', text: `odd ${evil}\n${evil}` },
    'stage-scalars': { type: 'stage-scalars', stage: name, step: 2, values: { [`loss${evil}`]: 0.5, bad: NaN } },
    'stage-retry': { type: 'stage-retry', stage: name, attempt: 1, delay: 2, error },
    'stage-reused': { type: 'stage-reused', ageMs: 1000, run: evil, ...result },
    'stage-finished': {
      ...{ type: 'stage-finished', amount: { done: 3, unit: `images${evil}` }, peakMemory: 1, ...result },
      rows: { reused: 1, total: 3 },
    },
    'stage-failed': { type: 'stage-failed', stage: name, seconds: 1, attempt: 2, error },
    'stage-skipped': { type: 'stage-skipped', stage: 'last', because: name },
    'run-finished': {
      ...{ type: 'run-finished', run: `20261124-101500-${evil}`, runFolder: `/proj/runs/${evil}`, pipeline: 'toy' },
      ...{ outcome: 'done', exit: 0, seconds: 2, stages: 3, reused: 1, executed: 2, failed: 0, notRun: 0 },
      ...{ headlines: [{ stage: name, text: `mean ${evil}` }], folder: '/proj/artifacts/toy' },
      ...{ overview: `/proj/${evil}/index.html`, reports: [`/proj/${evil}/report.html`], warnings: [`full ${evil}`] },
      ...end,
    },
  };
  return Object.values(byType).map(event => ({ time: TIME, ...event }));
}
