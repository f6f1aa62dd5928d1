import { type Command, Option } from 'commander';
import { example, withArtifacts, type CommandContext } from '../shared/arguments';
import type { LineageCommandOptions } from './trace-lineage';

// Here, because help and completion must not load what draws.
const LINEAGE_CHOICES = ['text', 'mermaid', 'dot', 'html', 'json'];

export function defineLineage(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('lineage')
    .description('Trace an artifact to its sources and to everything made from it')
    .argument('<artifact>', 'pipeline/stage, a path of an artifact, or the beginning of a digest');
  withArtifacts(command)
    .addOption(new Option('--format <name>', 'output format').choices(LINEAGE_CHOICES).default('text'))
    .addHelpText(
      'after',
      example('pipeline lineage kd-mixed/report-bias', 'pipeline lineage kd-mixed/mix --format dot'),
    )
    .action(async (artifact: string, options: Omit<LineageCommandOptions, 'artifact'>) => {
      const { lineageCommand } = await import('./trace-lineage');
      finish(await lineageCommand({ ...options, artifact }, effects));
    });
}
