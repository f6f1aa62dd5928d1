import type { Resources } from '../configuration/checked-pipeline';
import type { Grant, Slots } from './slots';

export interface Task {
  readonly id: string;
  /** Ids of tasks that must have succeeded before this one starts. */
  readonly needs: readonly string[];
  readonly demand: Resources;
}

export interface ScheduleOptions {
  readonly tasks: readonly Task[];
  readonly slots: Slots;
  /** Resolves to whether the task succeeded. A rejection ends the whole schedule, after what is under way has ended. */
  readonly run: (id: string, grant: Grant) => Promise<boolean>;
  /** Called once for each task that is never started, because a task that it needs, directly or not, has failed. */
  readonly skip: (id: string, because: string) => void;
  /** Asked before each start; once it says no, what is under way ends and nothing new begins. */
  readonly mayStart: () => boolean;
}

/** Runs tasks side by side as their needs and the slots allow, earlier ones first. What needs a failed task is never started. */
export async function schedule({ tasks, slots, run, skip, mayStart }: ScheduleOptions): Promise<void> {
  const state = createState(tasks, skip);
  const underWay = new Set<Promise<void>>();
  const rejections: unknown[] = [];

  const start = async (task: Task, grant: Grant): Promise<void> => {
    try {
      state.ended(task.id, await run(task.id, grant));
    } catch (error) {
      rejections.push(error);
    } finally {
      slots.giveBack(task.demand, grant);
    }
  };

  for (;;) {
    for (const task of state.ready()) {
      if (rejections.length > 0 || !mayStart()) break;
      const grant = slots.take(task.demand, state.ready().length - 1);
      if (grant === undefined) continue;
      state.started(task.id);
      const end = Promise.resolve().then(() => start(task, grant));
      underWay.add(end);
      void end.then(() => underWay.delete(end));
    }
    if (underWay.size === 0) break;
    await Promise.race(underWay);
  }
  if (rejections.length > 0) throw rejections[0];
}

/** Which tasks can start: counted, not searched for, because there may be thousands. */
function createState(tasks: readonly Task[], skip: ScheduleOptions['skip']) {
  const open = new Map(tasks.map(task => [task.id, new Set(task.needs).size]));
  const readers = new Map<string, Task[]>();
  for (const task of tasks) {
    for (const need of new Set(task.needs)) {
      const known = readers.get(need);
      if (known === undefined) readers.set(need, [task]);
      else known.push(task);
    }
  }
  const order = new Map(tasks.map((task, index) => [task.id, index]));
  let ready = tasks.filter(task => open.get(task.id) === 0);
  const skipped = new Set<string>();

  const skipReaders = (failed: string): void => {
    // A list and no recursion: a chain may be longer than the stack is deep.
    const open = [failed];
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      const next = (readers.get(id) ?? []).filter(reader => !skipped.has(reader.id));
      for (const reader of next) {
        skipped.add(reader.id);
        skip(reader.id, failed);
      }
      open.push(...next.map(reader => reader.id).reverse());
    }
  };

  return {
    ready: (): readonly Task[] => ready,
    started: (id: string): void => void (ready = ready.filter(task => task.id !== id)),
    ended: (id: string, succeeded: boolean): void => {
      if (!succeeded) {
        skipReaders(id);
        return;
      }
      const free: Task[] = [];
      for (const reader of readers.get(id) ?? []) {
        const left = open.get(reader.id)! - 1;
        open.set(reader.id, left);
        if (left === 0) free.push(reader);
      }
      if (free.length > 0) ready = [...ready, ...free].sort((a, b) => order.get(a.id)! - order.get(b.id)!);
    },
  };
}
