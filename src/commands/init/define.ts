import { type Command, Option } from 'commander';
import { example, type CommandContext } from '../shared/arguments';
import type { InitCommandOptions } from './start-project';

export function defineInit(program: Command, { effects, finish }: CommandContext): void {
  program
    .command('init')
    .description('Write a first pipeline file, and its schema for editors')
    .argument('[folder]', 'folder to write to; it may exist', '.')
    .addOption(
      new Option('--template <name>', 'template of the pipeline file').choices(['drawn', 'own-data']).default('drawn'),
    )
    .addHelpText('after', example('pipeline init', 'pipeline init my-faces --template own-data'))
    .action(async (folder: string, options: Omit<InitCommandOptions, 'folder'>) => {
      const { initCommand } = await import('./start-project');
      finish(await initCommand({ ...options, folder }, effects));
    });
}
