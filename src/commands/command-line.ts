import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Effects } from '../effects';
import { ENGINE_NAMES } from '../engines/engine';
import { EXIT } from '../errors';
import type { DoctorOptions } from './doctor';
import { exitCodeOf } from './exit-code';
import type { RunCommandOptions } from './run';
import { version } from './version';

/** Parses the arguments, does what they say and returns the exit code. The one place where errors become exit codes. */
export async function runCommandLine(args: readonly string[], effects: Effects): Promise<number> {
  let code: number = EXIT.done;
  const program = describeCommands(effects, result => (code = result));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has written its message already, and ends help and version in this way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    return exitCodeOf(error, effects);
  }
}

function describeCommands(effects: Effects, finish: (code: number) => void): Command {
  const program = new Command('pipeline')
    .description('Runs pipelines for fair face recognition by knowledge distillation')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: text => effects.out.write(text), writeErr: text => effects.err.write(text) })
    .showHelpAfterError('(see: pipeline --help)')
    .helpCommand(true)
    .addHelpText('after', example('pipeline run kd-mixed', 'pipeline stages align-faces'));

  program
    .command('run')
    .description('Run a pipeline; what is there already is reused')
    .argument('<file>', 'pipeline file; a bare name is also looked for in pipelines/')
    .argument('[stages...]', 'run only these stages and what they need')
    .option('--set <name=value>', 'replace a parameter of the file (repeatable)', collectSettings)
    .option('--jobs <count>', 'how many stages run at once (default: the number of cores, at most 4)', positiveInteger)
    .addOption(new Option('--engine <name>', 'training engine, over what the file says').choices(ENGINE_CHOICES))
    .option('--force [stages...]', 'execute these stages, or all, although their results are there')
    .option('--json', 'print one event a line, as JSON')
    .option('--artifacts <folder>', 'where results are kept', 'artifacts')
    .addHelpText(
      'after',
      example('pipeline run kd-mixed --set seed=2', 'pipeline run kd-mixed evaluate --force evaluate'),
    )
    .action(async (file: string, stages: string[], options: Omit<RunCommandOptions, 'file' | 'stages'>) => {
      const { runCommand } = await import('./run');
      finish(await runCommand({ ...options, file, stages }, effects));
    });

  program
    .command('stages')
    .description('List the stages that a pipeline can use, or describe one')
    .argument('[name]', 'stage to describe: its options and ports')
    .addHelpText('after', example('pipeline stages', 'pipeline stages distill-student'))
    .action(async (name: string | undefined) => {
      const { stagesCommand } = await import('./stages');
      finish(stagesCommand(name, effects));
    });

  program
    .command('doctor')
    .description('Tell which engines this machine can train on, what is missing for the others, and how to get it')
    .addOption(new Option('--fix <engine>', 'enable an engine').choices(['tensorflow', 'onednn']))
    .option('--wheel <file>', "with --fix tensorflow: take libtensorflow from this Python wheel, instead of pip's")
    .option('--library <folder>', 'with --fix tensorflow: use the libtensorflow that lies there')
    .option('--json', 'print the findings as JSON')
    .option('--artifacts <folder>', 'where results are kept, and what was found out', 'artifacts')
    .addHelpText(
      'after',
      example('pipeline doctor', 'pipeline doctor --fix onednn', 'pipeline doctor --fix tensorflow'),
    )
    .action(async (options: DoctorOptions) => {
      const { doctorCommand } = await import('./doctor');
      finish(await doctorCommand(options, effects));
    });

  return program;
}

const ENGINE_CHOICES = ['auto', ...ENGINE_NAMES];

function collectSettings(text: string, settings: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as name=value, for example --set seed=2');
  return { ...settings, [text.slice(0, at)]: text.slice(at + 1) };
}

function positiveInteger(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1) throw new InvalidArgumentError('It must be an integer >= 1');
  return count;
}

function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map(line => `  $ ${line}`).join('\n')}`;
}
