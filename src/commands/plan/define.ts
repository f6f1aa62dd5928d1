import type { Command } from 'commander';
import { example, withJson, withPipelineOptions, withSelection, type CommandContext } from '../shared/arguments';
import type { PlanCommandOptions } from './plan';

export function definePlan(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('plan')
    .description('Show which stages would run, why, and the time and space they would take')
    .usage('[file] [stages...] [options]')
    .argument('[file]', 'pipeline file (default: that of the latest run)')
    .argument('[stages...]', 'these stages and the stages they depend on');
  withJson(withPipelineOptions(withSelection(command)))
    .option('--all', 'show every cell of a matrix')
    .addHelpText('after', example('pipeline plan kd-mixed', 'pipeline plan kd-mixed --set seed=2 --json'))
    .action(
      async (file: string | undefined, stages: string[], options: Omit<PlanCommandOptions, 'file' | 'stages'>) => {
        const { planCommand } = await import('./plan');
        finish(await planCommand({ ...options, file, stages }, effects));
      },
    );
}
