import { describe, expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { skippedPhotographs, type Skipped } from '../../../src/faces/alignment/skipped-photographs';
import { temporaryFolder } from '../../helpers/photo-folder';

const one = (group: string, reason: Skipped['reason'], detail = ''): Skipped => ({
  path: `${group}/x.jpg`,
  group,
  identity: 'x',
  reason,
  detail,
});

describe('skippedPhotographs', () => {
  test('lists all, counts by group and reason, and keeps a few examples of each group and reason', async () => {
    const csv = join(await temporaryFolder('skipped'), 'skipped.csv');
    const skipped = skippedPhotographs(csv);
    for (let i = 0; i < 4; i++) await skipped.add(one('B', 'truncated', 'bad, "very" bad'));
    await skipped.add(one('B', 'missing-landmarks'));
    await skipped.add(one('A', 'truncated'));
    await skipped.close();
    expect(skipped.total).toBe(6);
    expect(JSON.stringify(skipped.counts())).toBe('{"A":{"truncated":1},"B":{"missing-landmarks":1,"truncated":4}}');
    expect(skipped.examples()).toHaveLength(5);
    const lines = (await readFile(csv, 'utf8')).split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe('path,group,identity,reason,detail');
    expect(lines[1]).toBe('B/x.jpg,B,x,truncated,"bad, ""very"" bad"');
  });

  test('makes no file when nothing is skipped', async () => {
    const csv = join(await temporaryFolder('skipped'), 'skipped.csv');
    const skipped = skippedPhotographs(csv);
    await skipped.close();
    expect([existsSync(csv), skipped.total, skipped.counts()]).toEqual([false, 0, {}]);
  });
});
