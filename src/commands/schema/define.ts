import type { Command } from 'commander';
import { example, type CommandContext } from '../shared/arguments';

export function defineSchema(program: Command, { effects, finish }: CommandContext): void {
  program
    .command('schema')
    .description('Print the JSON schema of pipeline files, for yaml-language-server and JetBrains')
    .addHelpText('after', example('pipeline schema > pipeline.schema.json'))
    .action(async () => {
      const { schemaCommand } = await import('./schema');
      finish(schemaCommand(effects));
    });
}
