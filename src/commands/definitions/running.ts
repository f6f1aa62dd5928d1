import type { Command } from 'commander';
import type { ExplainOptions } from '../explain';
import type { PlanCommandOptions } from '../plan';
import type { RunCommandOptions } from '../run';
import type { StatusCommandOptions } from '../status';
import { example, positiveInteger, withJson, withPipelineOptions, type Bench } from './arguments';

/** Commands that run a pipeline or say what a run would do. */
export function defineRunning(program: Command, bench: Bench): void {
  defineRun(program, bench);
  definePlan(program, bench);
  defineExplain(program, bench);
  defineStatus(program, bench);
}

function withSelection(command: Command): Command {
  return command
    .option('--only [stages...]', 'these stages alone; what they need must be there')
    .option('--from <stages...>', 'these stages and all that follows from them')
    .option('--until <stages...>', 'nothing after these stages')
    .option('--force [stages...]', 'execute these stages, or all, although their results are there');
}

function defineRun(program: Command, { effects, typed, finish }: Bench): void {
  const command = program
    .command('run')
    .description('Run a pipeline; what is there already is reused')
    // In this order, because options that take stages would take the file for one.
    .usage('<file> [stages...] [options]')
    .argument('<file>', 'pipeline file; a bare name is also looked for in pipelines/')
    .argument('[stages...]', 'run only these stages and what they need');
  withJson(withPipelineOptions(withSelection(command)), 'print one event a line, as JSON')
    .option('--dry-run', 'say what would run, why, and what it would take; run nothing')
    .option('--keep-going', 'after a failure, finish what does not depend on it')
    .option('--jobs <count>', 'how many stages run at once (default: the number of cores, at most 4)', positiveInteger)
    .option('--wait', 'wait for another run that makes the same stage, and show its progress (default)')
    .option('--no-wait', 'fail with exit code 4 instead')
    .addHelpText(
      'after',
      example(
        'pipeline run kd-mixed --set seed=2',
        'pipeline run kd-mixed evaluate-plain --force evaluate-plain',
        'pipeline run kd-mixed --from mix --dry-run',
      ),
    )
    .action(async (file: string, stages: string[], options: Omit<RunCommandOptions, 'file' | 'stages' | 'typed'>) => {
      const { runCommand } = await import('../run');
      finish(await runCommand({ ...options, file, stages, typed }, effects));
    });
}

function definePlan(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('plan')
    .description('Say of every stage whether it would run, why, and what it would take')
    .usage('[file] [stages...] [options]')
    .argument('[file]', 'pipeline file; that of the latest run unless given')
    .argument('[stages...]', 'these stages and what they need');
  withJson(withPipelineOptions(withSelection(command)))
    .option('--all', 'show every cell of a matrix')
    .addHelpText('after', example('pipeline plan kd-mixed', 'pipeline plan kd-mixed --set seed=2 --json'))
    .action(
      async (file: string | undefined, stages: string[], options: Omit<PlanCommandOptions, 'file' | 'stages'>) => {
        const { planCommand } = await import('../plan');
        finish(await planCommand({ ...options, file, stages }, effects));
      },
    );
}

function defineExplain(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('explain')
    .description('Say why a stage would run or not, or why it did in a run of the past')
    .argument('<file>', 'pipeline file')
    .argument('<stage>', 'stage, or stage@run: train-teacher@amber-otter');
  withJson(withPipelineOptions(command))
    .addHelpText('after', example('pipeline explain kd-mixed mix', 'pipeline explain kd-mixed mix@latest'))
    .action(async (file: string, stage: string, options: Omit<ExplainOptions, 'file' | 'stage'>) => {
      const { explainCommand } = await import('../explain');
      finish(await explainCommand({ ...options, file, stage }, effects));
    });
}

function defineStatus(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('status')
    .description('Say what is there, what is out of date and what runs now')
    .argument('[file]', 'pipeline file; that of the latest run unless given');
  withJson(withPipelineOptions(command))
    .option('--all', 'show every cell of a matrix')
    .addHelpText('after', example('pipeline status', 'pipeline status kd-mixed --json'))
    .action(async (file: string | undefined, options: Omit<StatusCommandOptions, 'file'>) => {
      const { statusCommand } = await import('../status');
      finish(await statusCommand({ ...options, file }, effects));
    });
}
