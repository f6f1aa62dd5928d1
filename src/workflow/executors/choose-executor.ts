import { EXECUTORS } from '.';
import type { Executor, ExecutorOptions } from './executor';

/** The executor of a run. A person has no choice, because what a key stands for is held only where stages are isolated. */
export function chooseExecutor(options: ExecutorOptions): Executor {
  const name = EXECUTORS.names.find(each => EXECUTORS.members[each].isolates)!;
  return EXECUTORS.members[name].open(options);
}
