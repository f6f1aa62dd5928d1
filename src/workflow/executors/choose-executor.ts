import { EXECUTORS } from '.';
import type { Executor, ExecutorOptions } from './executor';

/** The executor of a run. Users cannot choose it, because only isolated stages are sure to run what their key describes. */
export function chooseExecutor(options: ExecutorOptions): Executor {
  const name = EXECUTORS.names.find(each => EXECUTORS.members[each].isolates)!;
  return EXECUTORS.members[name].open(options);
}
