export interface Task {
  readonly id: string;
  /** Ids of tasks that must have succeeded before this one starts. */
  readonly needs: readonly string[];
}

export interface ScheduleOptions {
  readonly tasks: readonly Task[];
  /** How many run at once; at least 1. */
  readonly jobs: number;
  /** Resolves to whether the task succeeded. A rejection ends the whole schedule, after what is under way has ended. */
  readonly run: (id: string) => Promise<boolean>;
  /** Asked before each start; once it says no, what is under way ends and nothing new begins. */
  readonly mayStart: () => boolean;
}

/** Runs tasks side by side as their needs allow, earlier ones first. What needs a failed task is never started. */
export async function schedule({ tasks, jobs, run, mayStart }: ScheduleOptions): Promise<void> {
  const waiting = new Map(tasks.map(task => [task.id, task]));
  const succeeded = new Set<string>();
  const underWay = new Map<string, Promise<void>>();
  const rejections: unknown[] = [];

  const start = async (id: string): Promise<void> => {
    try {
      if (await run(id)) succeeded.add(id);
    } catch (error) {
      rejections.push(error);
    } finally {
      underWay.delete(id);
    }
  };

  for (;;) {
    for (const task of waiting.values()) {
      if (underWay.size >= jobs || rejections.length > 0 || !mayStart()) break;
      if (!task.needs.every(need => succeeded.has(need))) continue;
      waiting.delete(task.id);
      underWay.set(task.id, Promise.resolve(task.id).then(start));
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay.values());
  }
  if (rejections.length > 0) throw rejections[0];
}
