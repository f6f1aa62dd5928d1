import type { Command } from 'commander';
import { example, withJson, withPipelineOptions, type CommandContext } from '../shared/arguments';
import type { StatusCommandOptions } from './status';

export function defineStatus(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('status')
    .description('Show which results exist, which are out of date, and what is running')
    .argument('[file]', 'pipeline file (default: that of the latest run)');
  withJson(withPipelineOptions(command))
    .option('--all', 'show every cell of a matrix')
    .addHelpText('after', example('pipeline status', 'pipeline status kd-mixed --json'))
    .action(async (file: string | undefined, options: Omit<StatusCommandOptions, 'file'>) => {
      const { statusCommand } = await import('./status');
      finish(await statusCommand({ ...options, file }, effects));
    });
}
