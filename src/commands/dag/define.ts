import { type Command, Option } from 'commander';
import { example, withPipelineOptions, type CommandContext } from '../shared/arguments';
import type { DagCommandOptions } from './draw-dag';

// Here, because help and completion must not load what draws.
const DAG_CHOICES = ['ascii', 'mermaid', 'dot', 'html'];

export function defineDag(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('dag')
    .description("Draw the graph of a pipeline's stages")
    .argument('[file]', 'pipeline file (default: that of the latest run)');
  withPipelineOptions(command)
    .addOption(new Option('--format <name>', 'output format').choices(DAG_CHOICES).default('ascii'))
    .option('--cells', 'draw every cell of a matrix')
    .addHelpText('after', example('pipeline dag kd-mixed', 'pipeline dag kd-mixed --format html > dag.html'))
    .action(async (file: string | undefined, options: Omit<DagCommandOptions, 'file'>) => {
      const { dagCommand } = await import('./draw-dag');
      finish(await dagCommand({ ...options, file }, effects));
    });
}
