import type { Command } from 'commander';
import { example, positiveInteger, withArtifacts, type CommandContext } from '../shared/arguments';
import type { ShowCommandOptions } from './show-artifact';

export function defineShow(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('show')
    .description('Show the files of an artifact, the rows of a table, or the details of a picture')
    .argument('<artifact>', 'pipeline/stage, a path of an artifact or a file in it, or the beginning of a digest');
  withArtifacts(command)
    .option('--rows <count>', 'rows of a table to show', positiveInteger)
    .addHelpText(
      'after',
      example('pipeline show kd-mixed/mix', 'pipeline show kd-mixed/embed-real/embeddings/embeddings.parquet --rows 3'),
    )
    .action(async (artifact: string, options: Omit<ShowCommandOptions, 'artifact'>) => {
      const { showCommand } = await import('./show-artifact');
      finish(await showCommand({ ...options, artifact }, effects));
    });
}
