import type { Command } from 'commander';
import { example, withArtifacts, withJson, type CommandContext } from '../shared/arguments';
import type { CompareCommandOptions } from './compare';

export function defineCompare(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('compare')
    .description('Compare the options and metrics of runs')
    .argument('<runs...>', 'names of runs, latest, or -2 for the one before it');
  withJson(withArtifacts(command))
    .option('--only-changed', 'show only what differs between the runs')
    .option('--sort <metric>', 'order the runs by a metric, best first; -METRIC for the lowest first')
    .addHelpText('after', example('pipeline compare amber-otter brave-finch --only-changed'))
    .action(async (runs: string[], options: Omit<CompareCommandOptions, 'runs'>) => {
      const { compareCommand } = await import('./compare');
      finish(await compareCommand({ ...options, runs }, effects));
    });
}
