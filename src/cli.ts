#!/usr/bin/env node
import type { Console } from './console';
import { watchLoading } from './kit/loaded-code';

void main();

async function main(): Promise<void> {
  // Before anything else is loaded, because the loaded code makes the results.
  watchLoading();
  const { openConsole } = await import('./console');
  const console = openConsole();
  // The process of one stage needs no commands, options or help.
  if (process.argv[2] === 'run-stage') {
    const { runStage } = await import('./commands/run-stage/run-stage');
    runStage();
    return;
  }
  // `nohup` ignores SIGHUP, but Node resets that at its start.
  if (console.terminal.isIndependent) process.on('SIGHUP', () => undefined);
  process.once('beforeExit', tellEarlyEnd);
  process.exitCode = await runCommand(console);
  process.off('beforeExit', tellEarlyEnd);
  // Only at exit is it known whether the last output could be written.
  process.once('exit', code => (process.exitCode = console.exitCode(code)));
}

async function runCommand(console: Console): Promise<number> {
  try {
    const { processEffects } = await import('./effects');
    const { runCommandLine } = await import('./commands/command-line');
    return await runCommandLine(process.argv.slice(2), processEffects(console));
  } catch (error) {
    const { exitCodeOf } = await import('./commands/shared/exit-code');
    return exitCodeOf(error, console);
  }
}

/** Node ends a process whose event loop is empty, with success, even if a promise is still pending. */
function tellEarlyEnd(): void {
  // EXIT.stageFailed; its module is not loaded here, so that it is watched.
  process.exitCode = 1;
  process.stderr.write(
    'The command ended before its work was done, because it waited for an event that can no longer happen; ' +
      'this is a bug in fairdistill. Run the same command again to resume\n',
  );
}
