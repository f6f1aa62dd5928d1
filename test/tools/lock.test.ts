import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';

interface Lock {
  readonly withLock: <T>(folder: string, work: () => T | Promise<T>, options?: { silence?: number }) => Promise<T>;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { withLock } = require('../../native/tools/lock') as Lock;

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'fairdistill-lock-')), '.lock');
});

const heldBy = (holder: object): void => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'holder.json'), JSON.stringify(holder));
};
const dead = spawnSync(process.execPath, ['-e', '']).pid;
const beatFor = (ms: number): Promise<void> =>
  new Promise(resolve => {
    const start = Date.now();
    const beating = setInterval(() => {
      utimesSync(folder, new Date(), new Date());
      if (Date.now() - start < ms) return;
      clearInterval(beating);
      resolve();
    }, 20);
  });

describe('withLock', () => {
  test('lets one in after the other, and leaves nothing', async () => {
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} in`);
      await new Promise(resolve => setTimeout(resolve, 30));
      order.push(`${name} out`);
    };
    await Promise.all([withLock(folder, work('one')), withLock(folder, work('other'))]);
    expect(order).toEqual(['one in', 'one out', 'other in', 'other out']);
    expect(existsSync(folder)).toBe(false);
  });

  test('leaves nothing where the work fails', async () => {
    const fail = (): never => {
      throw new Error('no compiler');
    };
    await expect(withLock(folder, fail)).rejects.toThrow('no compiler');
    expect(existsSync(folder)).toBe(false);
  });

  test('takes over at once from a process of this machine that has died', async () => {
    const { space } = await withLock(
      folder,
      () => JSON.parse(readFileSync(join(folder, 'holder.json'), 'utf8')) as { space: string },
    );
    heldBy({ pid: dead, space });
    await expect(withLock(folder, () => 'in', { silence: 3_600_000 })).resolves.toBe('in');
  });

  test.each([
    ['of another container, whose number nobody has here', { pid: dead, space: `${hostname()} pid:[1]` }],
    ['whose number another process has', { pid: process.pid, space: `${hostname()} pid:[1]` }],
  ])('waits for one %s until it is silent', async (_, holder) => {
    heldBy(holder);
    let isIn = false;
    const waiting = withLock(folder, () => (isIn = true), { silence: 900 });
    await beatFor(1500);
    expect(isIn).toBe(false);
    await waiting;
  });

  test('takes over from one that died before it wrote its number', async () => {
    mkdirSync(folder);
    await expect(withLock(folder, () => 'in', { silence: 300 })).resolves.toBe('in');
  });

  test('shows that it lives while it works', async () => {
    await withLock(folder, async () => {
      const first = statSync(folder).mtimeMs;
      await new Promise(resolve => setTimeout(resolve, 1300));
      expect(statSync(folder).mtimeMs).toBeGreaterThan(first);
    });
  });
});
