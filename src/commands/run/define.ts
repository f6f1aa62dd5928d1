import { Option, type Command } from 'commander';
import {
  example,
  positiveInteger,
  withJson,
  withPipelineOptions,
  withSelection,
  type CommandContext,
} from '../shared/arguments';
import { LOGGERS } from '../../workflow/loggers';
import type { RunCommandOptions } from './run';

export function defineRun(program: Command, { effects, typed, finish }: CommandContext): void {
  const command = program
    .command('run')
    .description('Run a pipeline; results that exist are reused')
    // In this order, because options that take stages would take the file for one.
    .usage('<file> [stages...] [options]')
    .argument('<file>', 'pipeline file; a bare name is also looked for in pipelines/')
    .argument('[stages...]', 'run these stages and the stages they depend on');
  withJson(withPipelineOptions(withSelection(command)), 'print one JSON event per line')
    .option('--dry-run', 'show what would run, why, and what it would take; run nothing')
    .option('--keep-going', 'after a failure, finish the stages that do not depend on it')
    .option('--jobs <count>', 'stages to run at once (default: the number of cores, at most 4)', positiveInteger)
    .option('--wait', 'wait for another run that is making the same result (default)')
    .option('--no-wait', 'fail with exit code 4 if another run is making the result')
    .addOption(new Option('--log <logger>', LOGGER_HELP).choices(LOGGERS.names).conflicts('json'))
    .addHelpText(
      'after',
      example(
        'pipeline run kd-mixed --set seed=2',
        'pipeline run kd-mixed evaluate-plain --force evaluate-plain',
        'pipeline run kd-mixed --from mix --dry-run',
      ),
    )
    .action(async (file: string, stages: string[], options: Omit<RunCommandOptions, 'file' | 'stages' | 'typed'>) => {
      const { runCommand } = await import('./run');
      finish(await runCommand({ ...options, file, stages, typed }, effects));
    });
}

const LOGGER_HELP = `how to show the run (default: terminal at a terminal, else plain): ${LOGGERS.names
  .map(name => `${name}: ${LOGGERS.members[name].summary}`)
  .join('; ')}`;
