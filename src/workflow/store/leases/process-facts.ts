import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from '../../../kit/files/errno';

/** What a system says about processes. */
export interface ProcessFacts {
  /** Changes with every start of the machine; null where the system does not say. */
  readonly boot: string | null;
  /** Within one boot, where a process number and a start time mean one process and no other; null where the system does not say. */
  readonly namespace: string | null;
  /** When this process started, in words of the system; null where it does not say. */
  readonly started: string | null;
  /** What is at a process number: nothing that still runs, a process with its start time, or one of which no more is known. */
  look(pid: number): 'gone' | 'hidden' | { readonly started: string };
}

/** Where facts come from; tests put others in their place. */
export interface FactSources {
  readonly pid: number;
  /** Where proc(5) is mounted. */
  readonly proc: string;
  /** Throws what kill(2) says to signal 0. */
  readonly probe: (pid: number) => void;
  /** What a program prints. Throws when it fails. */
  readonly print: (program: string, args: readonly string[]) => string;
}

const SOURCES: FactSources = {
  pid: process.pid,
  proc: '/proc',
  probe: pid => void process.kill(pid, 0),
  // The same words whoever asks: they are compared.
  print: (program, args) =>
    execFileSync(program, args, {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
};

/** Facts of this system. Nothing here throws: what cannot be read is not known. */
export function systemFacts(platform: string = process.platform, sources: Partial<FactSources> = {}): ProcessFacts {
  const from = { ...SOURCES, ...sources };
  if (platform === 'linux') return linuxFacts(from);
  if (platform === 'darwin') return darwinFacts(from);
  return { boot: null, namespace: null, started: null, look: pid => (isGone(pid, from) ? 'gone' : 'hidden') };
}

/**
 * Process numbers count in a pid namespace, start times in a time namespace; both are numbered within one boot. A number may be given again
 * when a namespace is gone, but then its processes are gone too.
 */
function linuxFacts(from: FactSources): ProcessFacts {
  const { pid, proc } = from;
  const spaces = ['pid', 'time'].map(name => known(() => readlinkSync(join(proc, 'self', 'ns', name))));
  // Kernels before 5.6 have no time namespaces.
  const namespace = spaces[0] === null ? null : spaces.filter(space => space !== null).join(' ');
  // Of a container whose /proc shows the processes outside it, the numbers there are not those that we know.
  const status = known(() => readFileSync(join(proc, 'self', 'status'), 'utf8')) ?? '';
  const isOurs = new RegExp(`^NSpid:\\s+${pid}$`, 'm').test(status);
  const statOf = (name: string): readonly string[] | null =>
    known(() => {
      const text = readFileSync(join(proc, name, 'stat'), 'utf8');
      // The name in field 2 may hold spaces and brackets; state is field 3, the start in ticks since boot field 22 (proc(5)).
      return text.slice(text.lastIndexOf(')') + 2).split(' ');
    });
  return {
    boot: known(() => readFileSync(join(proc, 'sys', 'kernel', 'random', 'boot_id'), 'utf8').trim()),
    namespace,
    started: statOf('self')?.[19] ?? null,
    look: other => {
      if (isGone(other, from)) return 'gone';
      // With the mount option hidepid, those of other users are not shown.
      const stat = isOurs ? statOf(String(other)) : null;
      const started = stat?.[19];
      if (started === undefined) return 'hidden';
      // It has ended, and whoever started it has not asked how.
      return ['Z', 'X', 'x'].includes(stat![0]!) ? 'gone' : { started };
    },
  };
}

/** There are no namespaces; `ps` gives start times to the second. */
function darwinFacts(from: FactSources): ProcessFacts {
  const look = (pid: number): ReturnType<ProcessFacts['look']> => {
    if (isGone(pid, from)) return 'gone';
    const line = known(() => from.print('/bin/ps', ['-o', 'stat=,lstart=', '-p', String(pid)]).trim());
    const [, state, started] = /^(\S+)\s+(\S.*)$/.exec(line ?? '') ?? [];
    if (started === undefined) return 'hidden';
    return state!.startsWith('Z') ? 'gone' : { started };
  };
  const self = look(from.pid);
  const boot = known(() => from.print('/usr/sbin/sysctl', ['-n', 'kern.bootsessionuuid']).trim());
  return {
    boot: boot === '' ? null : boot,
    namespace: 'all',
    started: typeof self === 'object' ? self.started : null,
    look,
  };
}

function isGone(pid: number, { probe }: FactSources): boolean {
  try {
    probe(pid);
    return false;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return errnoOf(error) === 'ESRCH';
  }
}

function known<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
