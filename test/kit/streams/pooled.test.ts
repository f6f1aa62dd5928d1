import { describe, expect, test } from '@jest/globals';
import { lastValueFrom, toArray } from 'rxjs';
import { pooled } from '../../../src/kit/streams/pooled';

/** A promise that the test settles. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

const turns = async (n = 20): Promise<void> => {
  for (let i = 0; i < n; i++) await Promise.resolve();
};

describe('pooled()', () => {
  test('an empty source completes without a value', async () => {
    const work = (): Promise<number> => Promise.reject(new Error('must not be called'));
    await expect(
      lastValueFrom(pooled({ source: [], concurrency: 2, work, commit: r => r }).pipe(toArray())),
    ).resolves.toEqual([]);
  });

  test('commits in source order although the work ends in another order', async () => {
    const jobs = [deferred<string>(), deferred<string>(), deferred<string>()];
    const committed: string[] = [];
    const done = lastValueFrom(
      pooled({
        source: [0, 1, 2],
        concurrency: 3,
        work: i => jobs[i]!.promise,
        commit: (result, index) => committed.push(`${index}${result}`),
      }).pipe(toArray()),
    );
    await turns();
    jobs[2]!.resolve('c');
    await turns();
    jobs[0]!.resolve('a');
    await turns();
    expect(committed).toEqual(['0a']);
    jobs[1]!.resolve('b');
    await expect(done).resolves.toEqual([1, 2, 3]);
    expect(committed).toEqual(['0a', '1b', '2c']);
  });

  test('takes an item from the source only when there is room, slow commits included', async () => {
    let taken = 0;
    let committed = 0;
    let most = 0;
    async function* endless(): AsyncGenerator<number> {
      for (;;) {
        most = Math.max(most, ++taken - committed);
        yield await Promise.resolve(taken);
      }
    }
    await new Promise<void>(resolve => {
      const subscription = pooled({
        source: endless(),
        concurrency: 4,
        work: item => Promise.resolve(item),
        commit: async item => {
          await turns(3);
          committed++;
          return item;
        },
      }).subscribe(item => {
        if (item < 100) return;
        subscription.unsubscribe();
        resolve();
      });
    });
    expect(most).toBeLessThanOrEqual(4);
    expect(most).toBeGreaterThan(1);
  });

  test('passes on the first error in source order, after what is under way has ended, and pulls nothing more', async () => {
    const jobs = [deferred<number>(), deferred<number>(), deferred<number>()];
    const pulled: number[] = [];
    function* source(): Generator<number> {
      for (let i = 0; i < 3; i++) {
        pulled.push(i);
        yield i;
      }
    }
    let failed: unknown;
    pooled({ source: source(), concurrency: 2, work: i => jobs[i]!.promise, commit: r => r }).subscribe({
      error: (error: unknown) => (failed = error),
    });
    await turns();
    jobs[0]!.reject(new Error('first'));
    await turns();
    expect(failed).toBeUndefined();
    jobs[1]!.reject(new Error('second'));
    await turns();
    expect(failed).toEqual(new Error('first'));
    expect(pulled).toEqual([0, 1]);
  });

  test('an error of the source or of commit is passed on', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('disk gone');
    }
    const work = (i: number): Promise<number> => Promise.resolve(i);
    await expect(
      lastValueFrom(pooled({ source: broken(), concurrency: 2, work, commit: r => r }), { defaultValue: 0 }),
    ).rejects.toThrow('disk gone');
    const commit = (): never => {
      throw new Error('no space');
    };
    await expect(
      lastValueFrom(pooled({ source: [1], concurrency: 1, work, commit }), { defaultValue: 0 }),
    ).rejects.toThrow('no space');
  });

  test('unsubscribing closes the source and commits nothing more', async () => {
    let closed = false;
    const committed: number[] = [];
    function* source(): Generator<number> {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed = true;
      }
    }
    const gate = deferred<undefined>();
    const subscription = pooled({
      source: source(),
      concurrency: 2,
      work: async i => {
        if (i === 1) await gate.promise;
        return i;
      },
      commit: i => committed.push(i),
    }).subscribe();
    await turns();
    subscription.unsubscribe();
    gate.resolve(undefined);
    await turns();
    expect(closed).toBe(true);
    expect(committed).toEqual([0]);
  });

  test.each([0, -1, 1.5, NaN])('refuses concurrency %p', concurrency => {
    expect(() => pooled({ source: [], concurrency, work: i => Promise.resolve(i), commit: r => r })).toThrow(
      RangeError,
    );
  });
});
