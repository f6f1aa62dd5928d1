import { describe, expect, test } from '@jest/globals';
import { schedule, type Task } from '../../src/pipeline/schedule';

const task = (id: string, ...needs: string[]): Task => ({ id, needs });
const always = (): boolean => true;

describe('schedule()', () => {
  test('starts a task when its needs have succeeded, earlier ones first', async () => {
    const started: string[] = [];
    const tasks = [task('a'), task('b', 'a'), task('c'), task('d', 'b', 'c')];
    await schedule({ tasks, jobs: 1, mayStart: always, run: id => Promise.resolve(started.push(id) > 0) });
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  test('does not let a slow task hold up one that does not need it', async () => {
    const ended: string[] = [];
    const run = async (id: string): Promise<boolean> => {
      await new Promise(resolve => setTimeout(resolve, id === 'slow' ? 60 : 1));
      return ended.push(id) > 0;
    };
    await schedule({ tasks: [task('slow'), task('a'), task('b', 'a')], jobs: 2, mayStart: always, run });
    expect(ended).toEqual(['a', 'b', 'slow']);
  });

  test('never starts what needs a failed task', async () => {
    const started: string[] = [];
    const run = (id: string): Promise<boolean> => Promise.resolve(started.push(id) > 0 && id !== 'bad');
    const tasks = [task('bad'), task('after', 'bad'), task('later', 'after'), task('other')];
    await schedule({ tasks, jobs: 1, mayStart: always, run });
    expect(started).toEqual(['bad', 'other']);
  });

  test('waits for what is under way before it rejects, and starts nothing new', async () => {
    const ended: string[] = [];
    const run = async (id: string): Promise<boolean> => {
      if (id === 'broken') throw new Error('broken');
      await new Promise(resolve => setTimeout(resolve, 20));
      return ended.push(id) > 0;
    };
    const tasks = [task('slow'), task('broken'), task('never')];
    await expect(schedule({ tasks, jobs: 2, mayStart: always, run })).rejects.toThrow('broken');
    expect(ended).toEqual(['slow']);
  });

  test('ends at once when there is nothing to do or nothing may start', async () => {
    const run = (): Promise<boolean> => Promise.reject(new Error('started'));
    await schedule({ tasks: [], jobs: 1, mayStart: always, run });
    await schedule({ tasks: [task('a')], jobs: 1, mayStart: () => false, run });
  });
});
