import { type Command, Option } from 'commander';
import { example, withArtifacts, withJson, type CommandContext } from '../shared/arguments';
import { FIXABLE_ENGINES } from '../shared/engine-choices';
import type { DoctorOptions } from './doctor';

export function defineDoctor(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('doctor')
    .description('Show which engines this machine can train on, and how to enable the others')
    .addOption(new Option('--fix <engine>', 'enable an engine').choices(FIXABLE_ENGINES))
    .option('--wheel <file>', "with --fix: take the engine's library from this Python wheel, instead of pip's")
    .option('--library <folder>', "with --fix: use the engine's library in this folder");
  withJson(withArtifacts(command), 'print the findings as JSON')
    .addHelpText('after', example('pipeline doctor', ...FIXABLE_ENGINES.map(name => `pipeline doctor --fix ${name}`)))
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./doctor');
      finish(await doctorCommand(options, effects));
    });
}
