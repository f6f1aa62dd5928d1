import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { BesideReport, Inner, Outer } from './beside';
import { buildProgram, told, type Program } from './build-program';

/** Processes at a time. */
const AT_ONCE = 2;

/** A name space of process numbers of our own, in which everybody may mount; it goes with the process. */
const APART = ['--user', '--map-root-user', '--pid', '--fork', '--mount-proc'];
const mayPart = spawnSync('unshare', [...APART, 'true']).status === 0;
if (!mayPart)
  process.stdout.write('faults: no other pid namespace, because none can be made here (unshare --user --pid)\n');

let program: Program;

beforeAll(() => {
  program = buildProgram();
});

afterAll(() => rmSync(program.folder, { recursive: true }));

/** It comes at one of so many calls, in turn: at every one the whole would take many minutes. */
const PAIRS: readonly (readonly [Outer, Inner, number])[] = [
  ['run', 'gc', 3],
  ['run', 'verify', 5],
  ['run', 'elsewhere', 5],
  ['verify', 'gc', 2],
  ['gc', 'verify', 2],
];

describe('beside something that goes on', () => {
  for (const [outer, inner, every] of PAIRS) {
    const may = inner !== 'elsewhere' || mayPart ? test : test.skip;
    may(
      `(${inner} at calls of a ${outer} in turn) nothing fails, nothing is lost, and no damage is told`,
      async () => {
        const parts = Array.from({ length: AT_ONCE }, (_, part) => run(outer, inner, part, AT_ONCE * every));
        const reports = await Promise.all(parts);
        const sum = (member: 'visits' | 'reused' | 'executed' | 'removed'): number =>
          reports.reduce((total, report) => total + report[member], 0);
        process.stdout.write(
          `faults: ${inner} at ${sum('visits')} of ${reports[0]!.calls} calls of a ${outer}: ` +
            `${sum('reused')} stages reused, ${sum('executed')} executed, ${sum('removed')} objects collected\n`,
        );
        expect(reports.flatMap(report => report.wrong)).toEqual([]);
        expect(sum('visits')).toBeGreaterThan(10);
        if (outer === 'run') expect(Math.min(sum('reused'), sum('executed'))).toBeGreaterThan(0);
        if (outer === 'gc' || inner === 'gc') expect(sum('removed')).toBeGreaterThan(0);
      },
      600_000,
    );
  }
});

function run(outer: Outer, inner: Inner, part: number, parts: number): Promise<BesideReport> {
  const base = join(program.folder, `${outer}-${inner}-${part}`);
  return told<BesideReport>(program, ['beside', outer, inner, base, String(part), String(parts)]).then(
    ({ lines }) => lines[0]!,
  );
}
