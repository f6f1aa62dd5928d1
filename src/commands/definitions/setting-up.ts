import { Argument, Option, type Command } from 'commander';
import type { DoctorOptions } from '../doctor';
import type { InitCommandOptions } from '../start-project';
import { example, withArtifacts, withJson, type Bench } from './arguments';

/** Commands that help to write pipelines and to set up a machine. */
export function defineSettingUp(program: Command, bench: Bench): void {
  defineInit(program, bench);
  defineStages(program, bench);
  defineSchema(program, bench);
  defineDoctor(program, bench);
  defineCompletion(program, bench);
}

function defineInit(program: Command, { effects, finish }: Bench): void {
  program
    .command('init')
    .description('Write a small pipeline file to begin with, and the schema that editors complete it by')
    .argument('[folder]', 'where; it may exist', '.')
    .addOption(new Option('--template <name>', 'what to begin with').choices(['drawn', 'own-data']).default('drawn'))
    .addHelpText('after', example('pipeline init', 'pipeline init my-faces --template own-data'))
    .action(async (folder: string, options: Omit<InitCommandOptions, 'folder'>) => {
      const { initCommand } = await import('../start-project');
      finish(await initCommand({ ...options, folder }, effects));
    });
}

function defineStages(program: Command, { effects, finish }: Bench): void {
  program
    .command('stages')
    .description('List the stages that a pipeline can use, or describe one')
    .argument('[name]', 'stage to describe: its options and ports')
    .addHelpText('after', example('pipeline stages', 'pipeline stages distill-student'))
    .action(async (name: string | undefined) => {
      const { stagesCommand } = await import('../stages');
      finish(stagesCommand(name, effects));
    });
}

function defineSchema(program: Command, { effects, finish }: Bench): void {
  program
    .command('schema')
    .description('Print the JSON schema of pipeline files, for yaml-language-server and JetBrains')
    .addHelpText('after', example('pipeline schema > pipeline.schema.json'))
    .action(async () => {
      const { schemaCommand } = await import('../schema');
      finish(schemaCommand(effects));
    });
}

function defineDoctor(program: Command, { effects, finish }: Bench): void {
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
      const { doctorCommand } = await import('../doctor');
      finish(await doctorCommand(options, effects));
    });
}

function defineCompletion(program: Command, { effects, finish }: Bench): void {
  program
    .command('completion')
    .description('Print a script that completes commands, options and stages in a shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh']))
    .addHelpText('after', example('source <(pipeline completion bash)', 'pipeline completion zsh > ~/.zfunc/_pipeline'))
    .action(async (shell: 'bash' | 'zsh') => {
      const { completionScript } = await import('../completion');
      effects.out.write(completionScript(shell, program));
      finish(0);
    });
  program.command('complete-stages [file]', { hidden: true }).action(async (file: string | undefined) => {
    const { completeStages } = await import('../complete-stages');
    finish(await completeStages(file, effects));
  });
}
