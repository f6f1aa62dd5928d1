import type { Command } from 'commander';
import { example, withArtifacts, withJson, type CommandContext } from '../shared/arguments';
import type { VerifyCommandOptions } from './verify';

export function defineVerify(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('verify')
    .description('Check everything stored against its digests; move damaged results to quarantine');
  withJson(withArtifacts(command))
    .addHelpText('after', example('pipeline verify', 'pipeline verify --json'))
    .action(async (options: VerifyCommandOptions) => {
      const { verifyCommand } = await import('./verify');
      finish(await verifyCommand(options, effects));
    });
}
