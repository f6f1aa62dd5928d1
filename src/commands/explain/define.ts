import type { Command } from 'commander';
import { example, withJson, withPipelineOptions, type CommandContext } from '../shared/arguments';
import type { ExplainOptions } from './explain';

export function defineExplain(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('explain')
    .description('Show why a stage would run or be reused, or why it ran in a past run')
    .argument('<file>', 'pipeline file')
    .argument('<stage>', 'stage, or stage@run: train-teacher@amber-otter');
  withJson(withPipelineOptions(command))
    .addHelpText('after', example('pipeline explain kd-mixed mix', 'pipeline explain kd-mixed mix@latest'))
    .action(async (file: string, stage: string, options: Omit<ExplainOptions, 'file' | 'stage'>) => {
      const { explainCommand } = await import('./explain');
      finish(await explainCommand({ ...options, file, stage }, effects));
    });
}
