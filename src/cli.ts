#!/usr/bin/env node
import { processEffects } from './effects';

void main();

async function main(): Promise<void> {
  // A reader that went away (`| head`) is no reason to stop, and nothing that anybody could still be told.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreBrokenPipe);
  // The process of one stage needs no commands, options or help.
  if (process.argv[2] === 'run-stage') {
    const { runStage } = await import('./commands/run-stage');
    runStage();
    return;
  }
  const { runCommandLine } = await import('./commands/command-line');
  process.exitCode = await runCommandLine(process.argv.slice(2), processEffects());
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
