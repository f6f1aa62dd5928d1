#!/usr/bin/env node
import type { Console } from './console';
import { watchLoading } from './kit/loaded-code';

void main();

async function main(): Promise<void> {
  // Before anything else is loaded, for it is what results are made with.
  watchLoading();
  const { openConsole } = await import('./console');
  const console = openConsole();
  // The process of one stage needs no commands, options or help.
  if (process.argv[2] === 'run-stage') {
    const { runStage } = await import('./commands/run-stage/run-stage');
    runStage();
    return;
  }
  // Somebody wanted so, and Node has forgotten it.
  if (console.terminal.isIndependent) process.on('SIGHUP', () => undefined);
  process.once('beforeExit', tellEarlyEnd);
  process.exitCode = await runCommand(console);
  process.off('beforeExit', tellEarlyEnd);
  // Whether the last words could be written is known a moment later.
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

/** Node ends a process in which nothing is left that could happen, and calls it success whatever was still waited for. */
function tellEarlyEnd(): void {
  // EXIT.stageFailed; its module is not loaded here, so that it is watched.
  process.exitCode = 1;
  process.stderr.write(
    'The command ended before its work was done, because it waited for an event that can no longer happen; ' +
      'this is a bug in fairdistill. Run the same command again to resume\n',
  );
}
