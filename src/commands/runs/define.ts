import type { Command } from 'commander';
import { example, positiveInteger, withArtifacts, withJson, type CommandContext } from '../shared/arguments';
import type { RunsCommandOptions } from './list-runs';

export function defineRuns(program: Command, { effects, finish }: CommandContext): void {
  const command = program.command('runs').description('List past runs, newest first');
  withJson(withArtifacts(command), 'print one run a line, as JSON')
    .option('--pipeline <name>', 'those of one pipeline')
    .option('--last <count>', 'at most so many', positiveInteger)
    .addHelpText('after', example('pipeline runs', 'pipeline runs --pipeline kd-mixed --last 5'))
    .action(async (options: RunsCommandOptions) => {
      const { runsCommand } = await import('./list-runs');
      finish(await runsCommand(options, effects));
    });
}
