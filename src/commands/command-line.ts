import { Command, CommanderError } from 'commander';
import type { Effects } from '../effects';
import { EXIT } from '../errors';
import { COMMANDS } from '.';
import { example, type CommandContext } from './shared/arguments';
import { printable } from '../kit/text/printable';
import { exitCodeOf } from './shared/exit-code';
import { version } from './shared/version';

/** Parses the arguments, does what they say and returns the exit code. The one place where errors become exit codes. */
export async function runCommandLine(args: readonly string[], effects: Effects): Promise<number> {
  let code: number = EXIT.done;
  const program = describeCommands({ effects, typed: args, finish: result => (code = result) });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has written its message already, and ends help and version in this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return exitCodeOf(error, effects);
  }
}

const EXIT_CODES = `
Exit codes:
  0 done, 1 a stage failed, 2 wrong usage, 3 wrong pipeline file or settings, 4 another run is making the result (--no-wait),
  5 terminated: run the command again to resume, 6 storage failed, 130 Ctrl-C: run the command again to resume`;

function describeCommands(context: CommandContext): Command {
  const { out, err } = context.effects;
  const program = new Command('pipeline')
    .description('Runs pipelines for fair face recognition by knowledge distillation')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: text => out.write(text), writeErr: text => err.write(printable(text)) })
    .showHelpAfterError('(see: pipeline --help)')
    .helpCommand(true)
    .addHelpText('after', EXIT_CODES)
    .addHelpText('after', example('pipeline init', 'pipeline run kd-mixed', 'pipeline explain kd-mixed mix'));
  for (const define of COMMANDS) define(program, context);
  for (const command of program.commands) command.showHelpAfterError(`(see: pipeline ${command.name()} --help)`);
  return program;
}
