import { type Command, Option } from 'commander';
import { example, withArtifacts, withJson, type CommandContext } from '../shared/arguments';
import type { DoctorOptions } from './doctor';

export function defineDoctor(program: Command, { effects, finish }: CommandContext): void {
  const command = program
    .command('doctor')
    .description('Tell which engines this machine can train on, what is missing for the others, and how to get it')
    .addOption(new Option('--fix <engine>', 'enable an engine').choices(['tensorflow', 'webgpu', 'onednn']))
    .option('--wheel <file>', "with --fix tensorflow: take libtensorflow from this Python wheel, instead of pip's")
    .option('--library <folder>', 'with --fix tensorflow: use the libtensorflow that lies there');
  withJson(withArtifacts(command), 'print the findings as JSON')
    .addHelpText(
      'after',
      example('pipeline doctor', 'pipeline doctor --fix onednn', 'pipeline doctor --fix tensorflow'),
    )
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./doctor');
      finish(await doctorCommand(options, effects));
    });
}
