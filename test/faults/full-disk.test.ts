import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { buildProgram, told } from './build-program';
import type { SweepReport } from './program';

const steps = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

/** From no room for anything to room for everything: pages of memory, then files and folders. */
const LIMITS = [
  ...steps(4, 128, 4).map(size => `size=${size}k`),
  ...steps(2, 90, 1).map(inodes => `size=64m,nr_inodes=${inodes}`),
];

/** A name space of our own, in which everybody may mount; it goes with the process. */
const APART = ['unshare', '--user', '--map-root-user', '--mount'];
const mayMount = spawnSync(APART[0]!, [...APART.slice(1), 'mount', '-t', 'tmpfs', 'none', '/tmp']).status === 0;
if (!mayMount)
  process.stdout.write('faults: no full disk, because nothing can be mounted here (unshare --user --mount)\n');

describe('a run on a disk that is really full', () => {
  (mayMount ? test : test.skip)(
    'fails with what to do, leaves a sound store, and continues when there is room',
    async () => {
      const program = buildProgram();
      const base = join(program.folder, 'disks');
      mkdirSync(base);
      const { lines } = await told<SweepReport>(program, ['full', base, ...LIMITS], APART);
      const { faults, done, kept, executed, twice, wrong } = lines[0]!;
      process.stdout.write(
        `faults: ${faults} disks in memory that filled up, ${done} that were large enough; ` +
          `then ${kept} stages reused, ${executed} executed, ${twice} of them for a second time\n`,
      );
      rmSync(program.folder, { recursive: true });
      expect(wrong).toEqual([]);
      expect(Math.min(faults, done, kept, executed)).toBeGreaterThan(0);
    },
    120_000,
  );
});
