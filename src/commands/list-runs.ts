import { resolve } from 'node:path';
import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { listRuns } from '../history/read-runs';
import { runsText } from '../history/runs-text';
import { roomOf } from './room';

export interface RunsCommandOptions {
  readonly pipeline?: string;
  readonly last?: number;
  readonly json?: boolean;
  readonly artifacts: string;
}

/** `pipeline runs`: the history, newest first. Returns the exit code. */
export async function runsCommand(
  { pipeline, last, json, artifacts }: RunsCommandOptions,
  effects: Effects,
): Promise<number> {
  const { out, err, cwd, now } = effects;
  const all = await listRuns(resolve(cwd, artifacts), text => err.write(`${text}\n`));
  const chosen = all.filter(run => pipeline === undefined || run.pipeline === pipeline).slice(0, last ?? all.length);
  if (json === true) for (const run of chosen) out.write(`${JSON.stringify(run)}\n`);
  else out.write(runsText(chosen, { now: now(), columns: roomOf(out) }));
  return EXIT.done;
}
