import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { openConsole, type ConsoleStream } from '../src/console';

const REGISTER = join(__dirname, 'helpers', 'register-typescript.js');
const TIED = { hasTerminal: true, isIndependent: false };
const APART = { hasTerminal: false, isIndependent: false };

/** A stream that fails from the first write on, in the way in which streams of Node do. */
function failing(code: string, isTTY = false): ConsoleStream & { readonly texts: string[] } {
  const stream = Object.assign(new EventEmitter(), { isTTY, texts: [] as string[] });
  const write = (text: string): void => {
    stream.texts.push(text);
    stream.emit('error', Object.assign(new Error(`${code}: write`), { code }));
  };
  return Object.assign(stream, { write });
}

function working(): ConsoleStream & { readonly texts: string[] } {
  const texts: string[] = [];
  return Object.assign(new EventEmitter(), { texts, write: (text: string) => void texts.push(text) });
}

describe('openConsole()', () => {
  test('tells when the terminal vanishes that is written to, once, and leaves it alone from then on', () => {
    const [stdout, stderr] = [failing('EIO', true), working()];
    const console = openConsole({ stdout, stderr }, TIED);
    let told = 0;
    console.terminal.vanished.addEventListener('abort', () => told++);
    for (let line = 0; line < 3; line++) console.out.write('a line\n');
    expect([told, stdout.texts, stderr.texts]).toEqual([1, ['a line\n'], []]);
    expect(console.exitCode(5)).toBe(5);
  });

  test('does not tell so where the process was set apart from it', () => {
    const console = openConsole({ stdout: failing('EIO', true), stderr: failing('EIO', true) }, APART);
    console.out.write('a line\n');
    console.err.write('a line\n');
    expect(console.terminal.vanished.aborted).toBe(false);
    expect(console.exitCode(0)).toBe(0);
  });

  test('says nothing about a reader that went away', () => {
    const [stdout, stderr] = [failing('EPIPE'), working()];
    const console = openConsole({ stdout, stderr }, TIED);
    console.out.write('a line\n');
    expect([stderr.texts, console.terminal.vanished.aborted, console.exitCode(0)]).toEqual([[], false, 0]);
  });

  test.each(['ENOSPC', 'EIO', 'EDQUOT', 'EFBIG'])(
    'says once that the output is cut short by %s, and with what to exit instead of success',
    code => {
      const [stdout, stderr] = [failing(code), working()];
      const console = openConsole({ stdout, stderr }, TIED);
      expect(console.exitCode(0)).toBe(0);
      for (let line = 0; line < 3; line++) console.out.write('a line\n');
      expect(stderr.texts).toEqual([
        expect.stringMatching(`^Cannot write the output \\(${code}.*continues without it\n$`),
      ]);
      expect([console.exitCode(0), console.exitCode(1), console.exitCode(130)]).toEqual([6, 1, 130]);
    },
  );

  test('continues where neither output nor complaints can be written, and where writing throws', () => {
    const stdout = Object.assign(new EventEmitter(), {
      write: () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      },
    });
    const console = openConsole({ stdout, stderr: failing('ENOSPC') }, TIED);
    console.out.write('a line\n');
    console.err.write('a line\n');
    expect(console.exitCode(0)).toBe(6);
  });
});

describe('terminalTie()', () => {
  const PROGRAM = `const { terminalTie } = require('${join(__dirname, '..', 'src', 'console.ts')}');
    require('node:fs').writeFileSync(3, JSON.stringify(terminalTie()));`;

  /** What a process finds that has no terminal at all, as all have that are started with a session of their own. */
  function tieOf(stdio: 'ignore' | 'pipe'): Promise<unknown> {
    const child = spawn(process.execPath, ['-r', REGISTER, '-e', PROGRAM], {
      stdio: [stdio, stdio, stdio, 'pipe'],
      detached: true,
    });
    let text = '';
    child.stdio[3]!.on('data', (chunk: Buffer) => (text += chunk.toString()));
    return new Promise(resolve => child.on('close', () => resolve(JSON.parse(text))));
  }

  test.each(['ignore', 'pipe'] as const)('finds no terminal in a session without one (%s)', async stdio => {
    expect(await tieOf(stdio)).toEqual({ hasTerminal: false, isIndependent: false });
  });
});
