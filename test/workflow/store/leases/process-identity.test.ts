import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { systemFacts, type FactSources, type ProcessFacts } from '../../../../src/workflow/store/leases/process-facts';
import {
  isThisProcess,
  judgeProcess,
  judgeByName,
  placeTag,
  thisProcess,
} from '../../../../src/workflow/store/leases/process-identity';

const isLinux = existsSync('/proc/self/stat');
const PID = 17;

/** A process that runs, one that has ended and was not asked how, one of another user, and none. */
const [RUNS, ZOMBIE, HIDDEN, NONE] = [20, 21, 22, 23];

function failing(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}

const probe = (pid: number): void => {
  if (pid === NONE) failing('ESRCH')();
  if (pid === HIDDEN) failing('EPERM')();
};

/** What proc(5) shows in a container, as files. */
function makeProc(files: Readonly<Record<string, string>> = {}): string {
  const proc = mkdtempSync(join(tmpdir(), 'fairdistill-'));
  const stat = (pid: number, state: string, started: string): string =>
    `${pid} (a (b) c) ${state} 1 ${'0 '.repeat(17)}${started} 0 0\n`;
  const all = {
    'self/stat': stat(PID, 'R', '1000'),
    'self/status': `Name:\tnode\nNSpid:\t${PID}\n`,
    'sys/kernel/random/boot_id': 'boot-1\n',
    [`${RUNS}/stat`]: stat(RUNS, 'S', '2000'),
    [`${ZOMBIE}/stat`]: stat(ZOMBIE, 'Z', '2000'),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(proc, name)), { recursive: true });
    writeFileSync(join(proc, name), text);
  }
  mkdirSync(join(proc, 'self', 'ns'));
  for (const name of ['pid', 'time']) symlinkSync(`${name}:[42]`, join(proc, 'self', 'ns', name));
  return proc;
}

const linux = (proc = makeProc()): ProcessFacts => systemFacts('linux', { pid: PID, proc, probe });

function identity(facts: ProcessFacts, pid: number, started: string | null = '2000') {
  return { host: 'any', pid, started, boot: facts.boot, namespace: facts.namespace };
}

describe('judge() on Linux', () => {
  test('knows a process by its place, number and start, and takes no other one for it', () => {
    const here = linux();
    expect(here).toMatchObject({ boot: 'boot-1', namespace: 'pid:[42] time:[42]', started: '1000' });
    expect(judgeProcess(identity(here, RUNS), here)).toBe('alive');
    expect(judgeProcess({ ...identity(here, RUNS), host: 'renamed' }, here)).toBe('alive');
    expect(judgeProcess(identity(here, RUNS, '1999'), here)).toBe('dead');
    expect(judgeProcess(identity(here, NONE), here)).toBe('dead');
    for (const pid of [0, -1, NaN, 1.5]) expect(judgeProcess(identity(here, pid), here)).toBe('dead');
  });

  test('knows that a zombie has ended', () => {
    const here = linux();
    expect(judgeProcess(identity(here, ZOMBIE), here)).toBe('dead');
  });

  test('says nothing of another boot, another pid or time namespace, and records that do not name them', () => {
    const here = linux();
    for (const pid of [RUNS, ZOMBIE, NONE]) {
      const known = identity(here, pid);
      for (const other of [
        { boot: 'boot-2' },
        { boot: null },
        { boot: undefined },
        { namespace: 'pid:[43] time:[42]' },
        { namespace: 'pid:[42] time:[43]' },
        { namespace: null },
        { namespace: undefined },
      ]) {
        expect(judgeProcess({ ...known, ...other }, here)).toBe('unknown');
      }
    }
  });

  test('says nothing of a process that /proc hides, and of one whose start was not noted', () => {
    const here = linux();
    expect(judgeProcess(identity(here, HIDDEN), here)).toBe('unknown');
    expect(judgeProcess(identity(here, RUNS, null), here)).toBe('unknown');
  });

  test('does not read a /proc that shows the numbers outside the container', () => {
    const here = linux(makeProc({ 'self/status': `NSpid:\t5017\t${PID}\n` }));
    expect(judgeProcess(identity(here, RUNS, '1999'), here)).toBe('unknown');
    expect(judgeProcess(identity(here, NONE), here)).toBe('dead');
  });

  test('says nothing where /proc is missing', () => {
    const here = linux('/nowhere');
    expect(here).toMatchObject({ boot: null, namespace: null, started: null });
    for (const pid of [RUNS, NONE]) expect(judgeProcess(identity(here, pid), here)).toBe('unknown');
  });
});

describe('judge() on macOS', () => {
  const START = 'Fri Nov 27 20:00:00 2026';
  const printed: Readonly<Record<number, string>> = {
    [PID]: `Ss+  ${START}    \n`,
    [RUNS]: `R    ${START}\n`,
    [ZOMBIE]: `Z    ${START}\n`,
  };
  const print: FactSources['print'] = (program, args) =>
    program.endsWith('sysctl') ? 'uuid-1\n' : (printed[Number(args.at(-1))] ?? failing('exit 1')());
  const here = systemFacts('darwin', { pid: PID, probe, print });

  test('knows a process by boot, number and start', () => {
    expect(here).toMatchObject({ boot: 'uuid-1', started: START });
    expect(judgeProcess(identity(here, RUNS, START), here)).toBe('alive');
    expect(judgeProcess(identity(here, RUNS, 'Fri Nov 27 19:00:00 2026'), here)).toBe('dead');
    expect(judgeProcess(identity(here, ZOMBIE, START), here)).toBe('dead');
    expect(judgeProcess(identity(here, NONE, START), here)).toBe('dead');
    expect(judgeProcess(identity(here, HIDDEN, START), here)).toBe('unknown');
    expect(judgeProcess({ ...identity(here, RUNS, START), boot: 'uuid-2' }, here)).toBe('unknown');
  });

  test('says nothing where its programs are missing', () => {
    const none = systemFacts('darwin', { pid: PID, probe, print: failing('ENOENT') });
    expect(judgeProcess(identity(none, NONE), none)).toBe('unknown');
  });
});

test('judge() says nothing on a system that tells nothing of processes', () => {
  const here = systemFacts('win32', { probe });
  for (const pid of [RUNS, NONE]) expect(judgeProcess(identity(here, pid), here)).toBe('unknown');
});

describe('thisProcess()', () => {
  test('is alive, and is this one', () => {
    const here = thisProcess();
    expect(here.pid).toBe(process.pid);
    if (!isLinux) return;
    expect(judgeProcess(here)).toBe('alive');
    expect(isThisProcess(here)).toBe(true);
    for (const other of [{ pid: here.pid + 1 }, { started: '1' }, { boot: 'x' }, { namespace: 'x' }]) {
      expect(isThisProcess({ ...here, ...other })).toBe(false);
    }
  });

  (isLinux ? test : test.skip)('sees that a child has become a zombie', async () => {
    // The shell becomes a program that asks for none of its children.
    const script = 'cat <&3 >/dev/null & echo $!; exec sleep 600 3<&-';
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore', 'pipe'] });
    try {
      const pid = await new Promise<number>(resolve => {
        parent.stdout!.once('data', (text: Buffer) => resolve(Number(text.toString())));
      });
      const read = (of: number, name: string): string => readFileSync(`/proc/${of}/${name}`, 'utf8');
      const until = async (isSo: () => boolean): Promise<void> => {
        while (!isSo()) await new Promise(resolve => setTimeout(resolve, 10));
      };
      await until(() => read(parent.pid!, 'cmdline').startsWith('sleep'));
      const started = read(pid, 'stat').split(') ')[1]!.split(' ')[19]!;
      expect(judgeProcess({ ...thisProcess(), pid, started })).toBe('alive');
      (parent.stdio[3] as Writable).end();
      await until(() => read(pid, 'stat').includes(') Z '));
      expect(() => process.kill(pid, 0)).not.toThrow();
      expect(judgeProcess({ ...thisProcess(), pid, started })).toBe('dead');
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

describe('judgeByName()', () => {
  test('knows of a number in our own place whether it is gone, and nothing else', () => {
    const here = linux();
    expect(judgeByName(placeTag(), NONE, here)).toBe('dead');
    expect(judgeByName(placeTag(), ZOMBIE, here)).toBe('dead');
    expect(judgeByName(placeTag(), RUNS, here)).toBe('alive');
    expect(judgeByName('0123456789', NONE, here)).toBe('unknown');
    const blind = linux('/nowhere');
    expect(judgeByName(placeTag(), NONE, blind)).toBe('unknown');
  });
});
