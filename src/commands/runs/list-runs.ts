import { resolve } from 'node:path';
import type { Effects } from '../../effects';
import { EXIT, UserError } from '../../errors';
import { listRuns } from '../../workflow/history/read-runs';
import { runsText } from '../../workflow/history/runs-text';
import { alternatives, quote, suggestion } from '../../kit/text/quote';
import { textWidth } from '../shared/text-width';
import { printable } from '../../kit/text/printable';

export interface RunsCommandOptions {
  readonly pipeline?: string;
  readonly last?: number;
  readonly json?: boolean;
  readonly artifacts: string;
}

/** `pipeline runs`: the history, newest first. Returns the exit code. Throws UserError `unknown-pipeline` when only others ran. */
export async function runsCommand(
  { pipeline, last, json, artifacts }: RunsCommandOptions,
  effects: Effects,
): Promise<number> {
  const { out, err, cwd, now } = effects;
  const all = await listRuns(resolve(cwd, artifacts), text => err.write(`${printable(text)}\n`));
  const wanted = all.filter(run => pipeline === undefined || run.pipeline === pipeline);
  if (wanted.length === 0 && all.length > 0) throw unknown(pipeline!, [...new Set(all.map(run => run.pipeline))]);
  const chosen = wanted.slice(0, last ?? wanted.length);
  if (json === true) for (const run of chosen) out.write(`${JSON.stringify(run)}\n`);
  else out.write(printable(runsText(chosen, { now: now(), columns: textWidth(out) })));
  return EXIT.done;
}

function unknown(name: string, others: readonly string[]): UserError {
  return new UserError(
    `There are no runs of ${quote(name)}${suggestion(name, others)}: there are runs of ${alternatives(others, 'and')}`,
    { code: 'unknown-pipeline', exit: EXIT.usage },
  );
}
