import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openStore } from '../../src/workflow/store/store';
import { CLOCK } from '../helpers/rig';
import { buildProgram, told, type Program } from './build-program';
import type { SweepReport } from './program';

/**
 * A small pipeline in which every call to the file system goes wrong in turn, each in a run of its own, followed by a run without faults. How many
 * there were is printed. `full`: from the call on, the disk is full for the rest of the run. `torn`: killed in the middle of a write.
 */
const KINDS = ['kill', 'torn', 'ENOSPC', 'full', 'EDQUOT', 'EIO', 'EMFILE', 'short'];
/** Processes at a time. */
const AT_ONCE = 2;

let program: Program;

beforeAll(() => {
  program = buildProgram();
});

afterAll(() => rmSync(program.folder, { recursive: true }));

describe('a run whose file system fails at one call', () => {
  for (const kind of KINDS) {
    test(`(${kind}, at each call in turn) leaves a sound store, and the next run ends as if nothing had happened`, async () => {
      const reports = await Promise.all(Array.from({ length: AT_ONCE }, (_, part) => sweep(kind, part)));
      const sum = (member: 'faults' | 'done' | 'failed' | 'kept' | 'executed' | 'twice'): number =>
        reports.reduce((total, report) => total + report[member], 0);
      process.stdout.write(
        `faults: ${kind} ${sum('faults')} of ${reports[0]!.calls} calls (${reports[0]!.historyCalls} for the history); ${sum('failed')} runs ended by it, ${sum('done')} came through; ` +
          `then ${sum('kept')} stages reused, ${sum('executed')} executed, ${sum('twice')} of them for a second time\n`,
      );
      expect(reports.flatMap(report => report.wrong)).toEqual([]);
      expect(sum('faults')).toBeGreaterThan(10);
      expect(sum('failed')).toBeGreaterThan(0);
      // Both halves of the promise were put to the test: some work was done before the fault, some was not.
      expect(Math.min(sum('kept'), sum('executed'))).toBeGreaterThan(0);
      for (const root of reports.flatMap(report => report.leftovers)) {
        // The process that could not remove it is gone now.
        const store = await openStore(root, CLOCK);
        expect(readdirSync(store.temporary)).toEqual([]);
      }
    }, 480_000);
  }
});

function sweep(kind: string, part: number): Promise<SweepReport> {
  const args = ['sweep', kind, join(program.folder, `${kind}-${part}`), String(part), String(AT_ONCE)];
  return told<SweepReport>(program, args).then(({ lines }) => lines[0]!);
}
