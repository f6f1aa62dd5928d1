import type { Command } from 'commander';
import {
  duration,
  example,
  positiveInteger,
  size,
  withArtifacts,
  withJson,
  type CommandContext,
} from '../shared/arguments';
import type { CollectCommandOptions } from './collect-garbage';

export function defineGc(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('gc')
    .description('Remove results that no pipeline or recent run uses')
    .option('--dry-run', 'show what would be removed, and the cost of making it again')
    .option(
      '--keep-runs <count>',
      'keep the results of this many latest runs of each pipeline (default: 10)',
      positiveInteger,
    )
    .option('--keep-for <time>', 'keep results made or used within this time: 30d, 12h (default: 7d)', duration)
    .option('--keep-size <size>', 'keep at most this much; remove what is cheapest to recompute first: 20GB', size);
  withJson(withArtifacts(command))
    .addHelpText('after', example('pipeline gc --dry-run', 'pipeline gc --keep-runs 3 --keep-for 2d'))
    .action(async (options: CollectCommandOptions) => {
      const { collectCommand } = await import('./collect-garbage');
      finish(await collectCommand(options, effects));
    });
}
