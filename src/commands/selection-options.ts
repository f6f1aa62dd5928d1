import type { Selection } from '../pipeline/selection';

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

export function selectionOf({ stages: targets = [], only, from = [], until = [] }: SelectionOptions): Selection {
  if (only === undefined) return { targets, only: [], from, until };
  return { targets: [], only: only === true ? targets : only, from, until };
}
