import { describe, expect, test } from '@jest/globals';
import { rename } from '../../../src/kit/files/rename';

function attempts(failures: readonly string[]) {
  const pauses: number[] = [];
  let tried = 0;
  const once = (): Promise<void> => {
    const code = failures[tried++];
    return code === undefined ? Promise.resolve() : Promise.reject(Object.assign(new Error(code), { code }));
  };
  const pause = (milliseconds: number): Promise<void> => Promise.resolve(void pauses.push(milliseconds));
  return { once, pause, tried: () => tried, pauses };
}

describe('rename()', () => {
  test('tries again on Windows while something else has the file open', async () => {
    const busy = attempts(['EPERM', 'EBUSY', 'EACCES']);
    await rename('a', 'b', { platform: 'win32', ...busy });
    expect(busy.tried()).toBe(4);
    expect(busy.pauses).toEqual([10, 40, 100]);
  });

  test('gives up after a while, with the reason of the last try', async () => {
    const busy = attempts(Array<string>(20).fill('EPERM'));
    await expect(rename('a', 'b', { platform: 'win32', ...busy })).rejects.toMatchObject({ code: 'EPERM' });
    expect(busy.tried()).toBe(7);
  });

  test('does not wait for what will not change, and not on other systems', async () => {
    const gone = attempts(['ENOENT']);
    await expect(rename('a', 'b', { platform: 'win32', ...gone })).rejects.toMatchObject({ code: 'ENOENT' });
    const denied = attempts(['EPERM']);
    await expect(rename('a', 'b', { platform: 'linux', ...denied })).rejects.toMatchObject({ code: 'EPERM' });
    expect([gone.tried(), denied.tried()]).toEqual([1, 1]);
  });
});
