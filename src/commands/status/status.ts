import { leaseHolder } from '../../workflow/store/leases/lease-holder';
import { namedObject, readManifest, shownFolder, type Store } from '../../workflow/store';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { listRuns, stateOf } from '../../workflow/history/read-runs';
import type { PipelineChoice } from '../shared/open-pipeline';
import { lookAhead } from '../shared/look-ahead';
import { statusText, type StageStatus, type Status } from './status-text';
import { printable } from '../../kit/text/printable';

export interface StatusCommandOptions extends PipelineChoice {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** `pipeline status`: what is there, what is out of date, what runs now. Returns the exit code. */
export async function statusCommand(options: StatusCommandOptions, effects: Effects): Promise<number> {
  const { pipeline, site, planned } = await lookAhead(options, effects);
  const { store } = site;
  const stages: StageStatus[] = [];
  for (const { planned: step, plan } of planned) {
    const holder = step.key === null ? null : await leaseHolder(store, step.key);
    const present = plan?.artifact?.action ?? shownBy(store, pipeline.name, step.stage);
    stages.push({ planned: step, present, holder });
  }
  const record = (await listRuns(store.root)).find(run => run.pipeline === pipeline.name);
  const { out, cwd, now } = effects;
  const alive = record !== undefined && ['running', 'silent'].includes(stateOf(record, now()));
  const lastRun = record === undefined ? null : { record, alive };
  const status: Status = { pipeline: pipeline.name, file: pipeline.file, stages, lastRun };
  if (options.json === true) out.write(`${JSON.stringify({ kind: 'fairdistill-status', format: 1, ...status })}\n`);
  else out.write(printable(statusText(status, { cwd, now: now(), all: options.all === true })));
  return EXIT.done;
}

/** What the name of a step still shows from an earlier run. */
function shownBy(store: Store, pipeline: string, step: string): StageStatus['present'] {
  if (namedObject(store, pipeline, step) === undefined) return null;
  const manifest = readManifest(shownFolder(store, pipeline, step));
  return typeof manifest === 'string' ? null : { ...manifest, accepted: null };
}
