import { readFileSync, readdirSync } from 'node:fs';

/** Numbers of the processes that a process has started and that still run. Linux only. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => statOf(name)[1] === String(pid))
    .map(Number);
}

/** A zombie, ended and not yet waited for, is not alive. */
export function isAlive(pid: number): boolean {
  const [state] = statOf(String(pid));
  return state !== undefined && state !== 'Z';
}

/** State and parent; see proc(5). */
function statOf(pid: string): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
