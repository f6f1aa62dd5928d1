import { resolve } from 'node:path';
import type { Effects } from '../../effects';
import { EXIT } from '../../errors';
import { compareRuns, sortRuns } from '../../workflow/history/compare';
import { compareText } from '../../workflow/history/compare-text';
import { findRun } from '../../workflow/history/find-run';
import { listRuns } from '../../workflow/history/read-runs';
import { textWidth } from '../shared/text-width';
import { printable } from '../../kit/text/printable';

export interface CompareCommandOptions {
  readonly runs: readonly string[];
  readonly onlyChanged?: boolean;
  readonly sort?: string;
  readonly json?: boolean;
  readonly artifacts: string;
}

/** `pipeline compare`: options and metrics of runs side by side. Returns the exit code. */
export async function compareCommand(options: CompareCommandOptions, effects: Effects): Promise<number> {
  const { runs: wanted, onlyChanged = false, sort, json, artifacts } = options;
  const { out, cwd } = effects;
  const all = await listRuns(resolve(cwd, artifacts));
  const compared = compareRuns(wanted.map(name => findRun(all, name)));
  const sorted = sort === undefined ? compared : sortRuns(compared, sort);
  if (json === true) out.write(`${JSON.stringify(sorted)}\n`);
  else out.write(printable(compareText(sorted, { onlyChanged, columns: textWidth(out) })));
  return EXIT.done;
}
