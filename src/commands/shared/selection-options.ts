import { EXIT, UserError } from '../../errors';
import type { Selection } from '../../workflow/plan/selection';

/** Arguments that name steps. */
export interface SelectionOptions {
  readonly stages?: readonly string[];
  /** True: the stages are those of the arguments. */
  readonly only?: true | readonly string[];
  readonly from?: readonly string[];
  readonly until?: readonly string[];
  /** True: all. */
  readonly force?: true | readonly string[];
}

/** Throws UserError `bad-option` for --only without a stage: all would run, which is the opposite of what is meant. */
export function selectionOf(options: SelectionOptions): Selection {
  const { stages: targets = [], only, from = [], until = [] } = options;
  const force = options.force === true ? 'all' : (options.force ?? []);
  if (only === undefined) return { targets, only: [], from, until, force };
  // With --only, stages may stand before and after it.
  const alone = [...targets, ...(only === true ? [] : only)];
  if (alone.length === 0) {
    throw new UserError('Name the stages of --only, after it or after the pipeline file', {
      code: 'bad-option',
      exit: EXIT.usage,
    });
  }
  return { targets: [], only: alone, from, until, force };
}
