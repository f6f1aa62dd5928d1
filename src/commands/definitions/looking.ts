import { Option, type Command } from 'commander';
import type { CompareCommandOptions } from '../compare';
import type { DagCommandOptions } from '../draw-dag';
import type { LineageCommandOptions } from '../trace-lineage';
import type { RunsCommandOptions } from '../list-runs';
import type { LogCommandOptions } from '../find-log';
import type { ShowCommandOptions } from '../show-artifact';
import { example, positiveInteger, withArtifacts, withJson, withPipelineOptions, type Bench } from './arguments';

// Here, because help and completion must not load what draws.
const DAG_CHOICES = ['ascii', 'mermaid', 'dot', 'html'];
const LINEAGE_CHOICES = ['text', 'mermaid', 'dot', 'html', 'json'];

/** Commands that look at pipelines, runs and artifacts. */
export function defineLooking(program: Command, bench: Bench): void {
  defineDag(program, bench);
  defineRuns(program, bench);
  defineCompare(program, bench);
  defineLog(program, bench);
  defineLineage(program, bench);
  defineShow(program, bench);
}

function defineDag(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('dag')
    .description('Draw the stages of a pipeline and what reads what')
    .argument('[file]', 'pipeline file; that of the latest run unless given');
  withPipelineOptions(command)
    .addOption(new Option('--format <name>', 'how it is drawn').choices(DAG_CHOICES).default('ascii'))
    .option('--cells', 'draw every cell of a matrix')
    .addHelpText('after', example('pipeline dag kd-mixed', 'pipeline dag kd-mixed --format html > dag.html'))
    .action(async (file: string | undefined, options: Omit<DagCommandOptions, 'file'>) => {
      const { dagCommand } = await import('../draw-dag');
      finish(await dagCommand({ ...options, file }, effects));
    });
}

function defineRuns(program: Command, { effects, finish }: Bench): void {
  const command = program.command('runs').description('List the runs of the past, newest first');
  withJson(withArtifacts(command), 'print one run a line, as JSON')
    .option('--pipeline <name>', 'those of one pipeline')
    .option('--last <count>', 'at most so many', positiveInteger)
    .addHelpText('after', example('pipeline runs', 'pipeline runs --pipeline kd-mixed --last 5'))
    .action(async (options: RunsCommandOptions) => {
      const { runsCommand } = await import('../list-runs');
      finish(await runsCommand(options, effects));
    });
}

function defineCompare(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('compare')
    .description('Show options and metrics of runs side by side')
    .argument('<runs...>', 'names of runs, latest, or -2 for the one before it');
  withJson(withArtifacts(command))
    .option('--only-changed', 'leave out what is the same in all of them')
    .option('--sort <metric>', 'order the runs by a metric, best first; -METRIC for the lowest first')
    .addHelpText('after', example('pipeline compare amber-otter brave-finch --only-changed'))
    .action(async (runs: string[], options: Omit<CompareCommandOptions, 'runs'>) => {
      const { compareCommand } = await import('../compare');
      finish(await compareCommand({ ...options, runs }, effects));
    });
}

function defineLog(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('log')
    .description('Tell which stage and run made a file, and show the end of its log')
    .argument('<file-or-digest>', 'a file of an artifact, a copy of one, or the beginning of a digest');
  withJson(withArtifacts(command))
    .addHelpText('after', example('pipeline log artifacts/kd-mixed/mix/metrics.json', 'pipeline log 9f31c2'))
    .action(async (subject: string, options: Omit<LogCommandOptions, 'subject'>) => {
      const { logCommand } = await import('../find-log');
      finish(await logCommand({ ...options, subject }, effects));
    });
}

function defineLineage(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('lineage')
    .description('Trace an artifact back to its sources, and on to what was made from it')
    .argument('<artifact>', 'pipeline/stage, a path of an artifact, or the beginning of a digest');
  withArtifacts(command)
    .addOption(new Option('--format <name>', 'how it is told').choices(LINEAGE_CHOICES).default('text'))
    .addHelpText(
      'after',
      example('pipeline lineage kd-mixed/report-bias', 'pipeline lineage kd-mixed/mix --format dot'),
    )
    .action(async (artifact: string, options: Omit<LineageCommandOptions, 'artifact'>) => {
      const { lineageCommand } = await import('../trace-lineage');
      finish(await lineageCommand({ ...options, artifact }, effects));
    });
}

function defineShow(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('show')
    .description('Show what is in an artifact: its files, rows of a table, a picture where the terminal can')
    .argument('<artifact>', 'pipeline/stage, a path of an artifact or a file in it, or the beginning of a digest');
  withArtifacts(command)
    .option('--rows <count>', 'rows of a table to show', positiveInteger)
    .addHelpText(
      'after',
      example('pipeline show kd-mixed/mix', 'pipeline show kd-mixed/embed-real/embeddings/embeddings.parquet --rows 3'),
    )
    .action(async (artifact: string, options: Omit<ShowCommandOptions, 'artifact'>) => {
      const { showCommand } = await import('../show-artifact');
      finish(await showCommand({ ...options, artifact }, effects));
    });
}
