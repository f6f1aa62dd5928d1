import type { Command } from 'commander';
import { example, type CommandContext } from '../shared/arguments';

export function defineStages(program: Command, { effects, finish }: CommandContext): void {
  program
    .command('stages')
    .description('List the available stages, or describe one')
    .argument('[name]', 'stage to describe: its options and ports')
    .addHelpText('after', example('pipeline stages', 'pipeline stages distill-student'))
    .action(async (name: string | undefined) => {
      const { stagesCommand } = await import('./stages');
      finish(stagesCommand(name, effects));
    });
}
