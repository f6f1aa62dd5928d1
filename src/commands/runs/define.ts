import type { Command } from 'commander';
import { example, positiveInteger, withArtifacts, withJson, type CommandContext } from '../shared/arguments';
import type { RunsCommandOptions } from './list-runs';

export function defineRuns(program: Command, { effects, finish }: CommandContext): void {
  const command = program.command('runs').description('List past runs, newest first');
  withJson(withArtifacts(command), 'print one JSON run per line')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .option('--last <count>', 'show at most this many runs', positiveInteger)
    .addHelpText('after', example('pipeline runs', 'pipeline runs --pipeline kd-mixed --last 5'))
    .action(async (options: RunsCommandOptions) => {
      const { runsCommand } = await import('./list-runs');
      finish(await runsCommand(options, effects));
    });
}
