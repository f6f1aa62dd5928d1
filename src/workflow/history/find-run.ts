import { EXIT, UserError } from '../../errors';
import { alternatives, quote, suggestion } from '../../kit/text/quote';
import { runName } from './run-name';
import type { RunRecord } from './run-record';

/**
 * The run that a person means: its name (`amber-otter`), its id or the beginning of it, `latest`, or `-2` for the one before the latest.
 * `runs`: newest first. Throws UserError `unknown-run` when there is none, `ambiguous-run` when there are several.
 */
export function findRun(runs: readonly RunRecord[], wanted: string): RunRecord {
  const places = wanted === 'latest' ? 1 : /^-[1-9]\d*$/.test(wanted) ? -Number(wanted) : undefined;
  if (places !== undefined) return runs[places - 1] ?? refuse(runs, wanted, `there ${areRuns(runs.length)}`);
  const exact = runs.filter(({ id }) => id === wanted);
  const named = exact.length > 0 ? exact : runs.filter(({ id }) => runName(id) === wanted);
  const found = named.length > 0 || wanted === '' ? named : runs.filter(({ id }) => id.startsWith(wanted));
  if (found.length > 1) {
    const ids = alternatives(found.map(({ id }) => id).slice(0, 5));
    throw new UserError(`Run ${quote(wanted)} can be ${found.length} runs: give more of the id, as in ${ids}`, {
      code: 'ambiguous-run',
      exit: EXIT.usage,
    });
  }
  return found[0] ?? refuse(runs, wanted, 'no run has this name, or an id that begins with it');
}

function refuse(runs: readonly RunRecord[], wanted: string, found: string): never {
  const near = suggestion(
    wanted,
    runs.flatMap(({ id }) => [runName(id), id]),
  );
  throw new UserError(`Cannot find run ${quote(wanted)}${near}: ${found}; \`pipeline runs\` lists them`, {
    code: 'unknown-run',
    exit: EXIT.usage,
  });
}

function areRuns(count: number): string {
  return count === 0 ? 'are no runs' : count === 1 ? 'is one run' : `are ${count} runs`;
}
