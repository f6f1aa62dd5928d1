import type { Command } from 'commander';
import { example, withArtifacts, withJson, type CommandContext } from '../shared/arguments';
import type { LogCommandOptions } from './find-log';

export function defineLog(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('log')
    .description('Show which stage and run made a file, and the end of its log')
    .argument('<file-or-digest>', 'a file of an artifact, a copy of one, or the beginning of a digest');
  withJson(withArtifacts(command))
    .addHelpText('after', example('pipeline log artifacts/kd-mixed/mix/metrics.json', 'pipeline log 9f31c2'))
    .action(async (subject: string, options: Omit<LogCommandOptions, 'subject'>) => {
      const { logCommand } = await import('./find-log');
      finish(await logCommand({ ...options, subject }, effects));
    });
}
