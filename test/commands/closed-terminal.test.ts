import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { isAlive } from '../helpers/processes';
import { REPOSITORY } from '../helpers/run-cli';

/** Of util-linux: starts a program in a terminal of its own, which is gone when `script` is. */
const SCRIPT = '/usr/bin/script';
const CLI = join(REPOSITORY, 'dist', 'src', 'cli.js');
const LONGEST_MS = 100_000;

const pipeline = (identities: number): string => `
name: drawn
stages:
  draw: { uses: synthesize-faces, with: { trainIdentities: ${identities}, trainImages: 4, testIdentities: 0 } }
`;

// Others of that name take other arguments.
(process.platform === 'linux' && existsSync(SCRIPT) ? describe : describe.skip)(
  'a run whose terminal is closed',
  () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'fairdistill-terminal-'));
    });
    afterEach(() => {
      const pid = Number(readFileSync(join(folder, 'pid.txt'), 'utf8'));
      if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    });

    test(
      'goes on where nohup has started it',
      async () => {
        const { events } = await runUntilClosed(command => `nohup ${command} < /dev/null`, 40);
        await until(() => events().includes('"run-finished"'));
        expect(last(events())).toMatchObject({ type: 'run-finished', outcome: 'done' });
      },
      LONGEST_MS + 20_000,
    );

    test(
      'ends cleanly where its input is that terminal',
      async () => {
        // More than can be drawn in the time.
        const { events } = await runUntilClosed(command => command, 9999);
        await until(() => events().includes('"run-finished"'));
        expect(last(events())).toMatchObject({ type: 'run-finished', outcome: 'interrupted', exit: 5 });
      },
      LONGEST_MS + 20_000,
    );

    /** Types a command into a terminal, and closes that once photographs are drawn. */
    async function runUntilClosed(as: (command: string) => string, identities: number) {
      writeFileSync(join(folder, 'drawn.yaml'), pipeline(identities));
      const command = as(`"${process.execPath}" "${CLI}" run drawn.yaml --json > out.txt 2> err.txt`);
      // A process of its own, as a shell would start it, whose number is known.
      const typed = `sh -c 'echo $$ > pid.txt; exec ${command}'; true`;
      const terminal = spawn(SCRIPT, ['-qec', typed, '/dev/null'], {
        cwd: folder,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const out = join(folder, 'out.txt');
      const events = (): string => (existsSync(out) ? readFileSync(out, 'utf8') : '');
      try {
        await until(() => events().includes('"stage-progress"'));
      } finally {
        await close(terminal);
      }
      expect(events()).not.toContain('"run-finished"');
      return { events };
    }
  },
);

async function close(terminal: ChildProcess): Promise<void> {
  const isClosed = new Promise(resolve => terminal.once('close', resolve));
  terminal.kill('SIGKILL');
  await isClosed;
}

async function until(isSo: () => boolean): Promise<void> {
  for (const start = Date.now(); !isSo() && Date.now() - start < LONGEST_MS;) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

function last(lines: string): unknown {
  return JSON.parse(lines.trim().split('\n').at(-1)!);
}
