import type { Command } from 'commander';
import { example, withPipelineOptions, type CommandContext } from '../shared/arguments';
import type { AcceptCommandOptions } from './accept';

export function defineAccept(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('accept')
    .description('Accept an earlier result for a stage as it is now; its lineage keeps the reason')
    .argument('<file-or-stage>', 'pipeline file, or a stage of the pipeline of the latest run')
    .argument('[stage]', 'stage to accept the result for');
  withPipelineOptions(command)
    .requiredOption('--because <text>', 'why the earlier result is still right')
    .addHelpText('after', example('pipeline accept kd-mixed mix --because "only a message was changed"'))
    .action(
      async (first: string, second: string | undefined, options: Omit<AcceptCommandOptions, 'file' | 'stage'>) => {
        const { acceptCommand } = await import('./accept');
        const named = second === undefined ? { stage: first } : { file: first, stage: second };
        finish(await acceptCommand({ ...options, ...named }, effects));
      },
    );
}
