import type { Command } from 'commander';
import type { AcceptCommandOptions } from '../accept';
import type { CollectCommandOptions } from '../collect-garbage';
import type { VerifyCommandOptions } from '../verify';
import {
  duration,
  example,
  positiveInteger,
  size,
  withArtifacts,
  withJson,
  withPipelineOptions,
  type Bench,
} from './arguments';

/** Commands that look after the store. */
export function defineKeeping(program: Command, bench: Bench): void {
  defineVerify(program, bench);
  defineAccept(program, bench);
  defineCollect(program, bench);
}

function defineVerify(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('verify')
    .description('Read everything that is stored and compare it with its digests; what is damaged goes to quarantine');
  withJson(withArtifacts(command))
    .addHelpText('after', example('pipeline verify', 'pipeline verify --json'))
    .action(async (options: VerifyCommandOptions) => {
      const { verifyCommand } = await import('../verify');
      finish(await verifyCommand(options, effects));
    });
}

function defineAccept(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('accept')
    .description(
      'Let the result of an earlier execution hold for a stage as it is now; the reason stays in its lineage',
    )
    .argument('<file-or-stage>', 'pipeline file; that of the latest run unless a stage follows')
    .argument('[stage]', 'stage that would have to run');
  withPipelineOptions(command)
    .requiredOption('--because <text>', 'why the earlier result is still right')
    .addHelpText('after', example('pipeline accept kd-mixed mix --because "only a message was changed"'))
    .action(
      async (first: string, second: string | undefined, options: Omit<AcceptCommandOptions, 'file' | 'stage'>) => {
        const { acceptCommand } = await import('../accept');
        const named = second === undefined ? { stage: first } : { file: first, stage: second };
        finish(await acceptCommand({ ...options, ...named }, effects));
      },
    );
}

function defineCollect(program: Command, { effects, finish }: Bench): void {
  const command = program
    .command('gc')
    .description('Remove results that nothing shows or needs any more')
    .option('--dry-run', 'say what would be removed, and what making it again would take')
    .option('--keep-runs <count>', 'keep what the latest runs of each pipeline used (default: 10)', positiveInteger)
    .option('--keep-for <time>', 'keep what was made or used within this time: 30d, 12h (default: 7d)', duration)
    .option('--keep-size <size>', 'keep as much as fits, what is dearest to make again first: 20GB', size);
  withJson(withArtifacts(command))
    .addHelpText('after', example('pipeline gc --dry-run', 'pipeline gc --keep-runs 3 --keep-for 2d'))
    .action(async (options: CollectCommandOptions) => {
      const { collectCommand } = await import('../collect-garbage');
      finish(await collectCommand(options, effects));
    });
}
