import { describe, expect, test } from '@jest/globals';
import { schedule, type Task } from '../../../src/workflow/run/schedule';
import { createSlots } from '../../../src/workflow/run/slots';

const task = (id: string, ...needs: string[]): Task => ({ id, needs, demand: {} });
const always = (): boolean => true;
const slots = (jobs: number, cores = 4, gpus: string[] = []) => createSlots({ jobs, cores, memory: 100, gpus });
const skip = (): void => undefined;

describe('schedule()', () => {
  test('starts a task when its needs have succeeded, earlier ones first', async () => {
    const started: string[] = [];
    const tasks = [task('a'), task('b', 'a'), task('c'), task('d', 'b', 'c')];
    await schedule({
      tasks,
      slots: slots(1),
      skip,
      mayStart: always,
      run: id => Promise.resolve(started.push(id) > 0),
    });
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  test('does not let a slow task hold up one that does not need it', async () => {
    const ended: string[] = [];
    let endSlow = (): void => undefined;
    const slow = new Promise<void>(resolve => (endSlow = resolve));
    const run = async (id: string): Promise<boolean> => {
      if (id === 'slow') await slow;
      if (id === 'b') endSlow();
      return ended.push(id) > 0;
    };
    await schedule({ tasks: [task('slow'), task('a'), task('b', 'a')], slots: slots(2), skip, mayStart: always, run });
    expect(ended).toEqual(['a', 'b', 'slow']);
  });

  test('never starts what needs a failed task, and tells of each once', async () => {
    const started: string[] = [];
    const skipped: string[] = [];
    const run = (id: string): Promise<boolean> => Promise.resolve(started.push(id) > 0 && id !== 'bad');
    const tasks = [task('bad'), task('after', 'bad'), task('later', 'after', 'bad'), task('other')];
    const tell = (id: string, because: string): void => void skipped.push(`${id} because of ${because}`);
    await schedule({ tasks, slots: slots(1), skip: tell, mayStart: always, run });
    expect(started).toEqual(['bad', 'other']);
    expect(skipped).toEqual(['after because of bad', 'later because of bad']);
  });

  test('holds out a chain of 20,000 tasks whose first fails, and 20,000 that wait for one', async () => {
    const count = 20_000;
    const chain = Array.from({ length: count }, (_, i) => task(`c${i}`, ...(i === 0 ? [] : [`c${i - 1}`])));
    let skipped = 0;
    const tell = (): void => {
      skipped++;
    };
    await schedule({ tasks: chain, slots: slots(2), skip: tell, mayStart: always, run: () => Promise.resolve(false) });
    expect(skipped).toBe(count - 1);

    const fan = [task('root'), ...Array.from({ length: count }, (_, i) => task(`f${i}`, 'root'))];
    const started: string[] = [];
    const run = (id: string): Promise<boolean> => Promise.resolve(started.push(id) > 0);
    await schedule({ tasks: fan, slots: slots(2), skip, mayStart: always, run });
    expect(started).toEqual(fan.map(({ id }) => id));
  });

  test('waits for what is under way before it rejects, and starts nothing new', async () => {
    const ended: string[] = [];
    const run = async (id: string): Promise<boolean> => {
      if (id === 'broken') throw new Error('broken');
      await new Promise(resolve => setTimeout(resolve, 20));
      return ended.push(id) > 0;
    };
    const tasks = [task('slow'), task('broken'), task('never')];
    await expect(schedule({ tasks, slots: slots(2), skip, mayStart: always, run })).rejects.toThrow('broken');
    expect(ended).toEqual(['slow']);
  });

  test('ends at once when there is nothing to do or nothing may start', async () => {
    const run = (): Promise<boolean> => Promise.reject(new Error('started'));
    await schedule({ tasks: [], slots: slots(1), skip, mayStart: always, run });
    await schedule({ tasks: [task('a')], slots: slots(1), skip, mayStart: () => false, run });
  });
});

describe('schedule() within slots', () => {
  const watch = () => {
    const underWay = new Set<string>();
    const seen: string[][] = [];
    const run = async (id: string): Promise<boolean> => {
      underWay.add(id);
      seen.push([...underWay].sort());
      await new Promise(resolve => setTimeout(resolve, 15));
      underWay.delete(id);
      return true;
    };
    return { run, seen };
  };

  test('keeps declared cores, memory and devices apart, and lets what fits go ahead', async () => {
    const { run, seen } = watch();
    const tasks: Task[] = [
      { id: 'wide', needs: [], demand: { cpu: 3 } },
      { id: 'wider', needs: [], demand: { cpu: 4 } },
      { id: 'narrow', needs: [], demand: { cpu: 1, memory: 60 } },
      { id: 'large', needs: [], demand: { memory: 60 } },
      { id: 'small', needs: [], demand: { memory: 40 } },
    ];
    await schedule({ tasks, slots: slots(5), skip, mayStart: always, run });
    const together = (a: string, b: string): boolean => seen.some(ids => ids.includes(a) && ids.includes(b));
    expect(together('wide', 'narrow')).toBe(true);
    expect(together('narrow', 'small')).toBe(true);
    expect(together('wide', 'wider')).toBe(false);
    expect(together('narrow', 'large')).toBe(false);
    expect(seen).toHaveLength(5);
  });

  test('gives each device to one task at a time, by name', async () => {
    const held = new Set<string>();
    const given: string[] = [];
    const run = async (_: string, { gpus }: { gpus: readonly string[] }): Promise<boolean> => {
      expect(gpus.some(gpu => held.has(gpu))).toBe(false);
      gpus.forEach(gpu => held.add(gpu));
      given.push(...gpus);
      await new Promise(resolve => setTimeout(resolve, 5));
      gpus.forEach(gpu => held.delete(gpu));
      return true;
    };
    const tasks = ['a', 'b', 'c'].map(id => ({ id, needs: [], demand: { gpu: 1 } }));
    await schedule({ tasks, slots: slots(3, 4, ['0', '3']), skip, mayStart: always, run });
    expect(new Set(given)).toEqual(new Set(['0', '3']));
    expect(given).toHaveLength(3);
  });

  test('tells a task alone of all cores, tasks beside each other of their part, at least one', () => {
    const many = slots(8, 4);
    const alone = many.take({}, 0)!;
    expect(alone.cores).toBe(4);
    many.giveBack({}, alone);
    expect([many.take({}, 1)!.cores, many.take({}, 0)!.cores]).toEqual([2, 2]);
    expect(many.take({ cpu: 4 }, 0)!.cores).toBe(4);
    expect(many.take({}, 0)!.cores).toBe(1);
    expect(many.take({ cpu: 1 }, 0)).toBeUndefined();
  });
});
