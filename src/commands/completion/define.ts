import { Argument, type Command } from 'commander';
import { example, type CommandContext } from '../shared/arguments';

export function defineCompletion(program: Command, { effects, finish }: CommandContext): void {
  program
    .command('completion')
    .description('Print a completion script for a shell')
    .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh']))
    .addHelpText('after', example('source <(pipeline completion bash)', 'pipeline completion zsh > ~/.zfunc/_pipeline'))
    .action(async (shell: 'bash' | 'zsh') => {
      const { completionScript } = await import('./completion');
      effects.out.write(completionScript(shell, program));
      finish(0);
    });
  program.command('complete-stages [file]', { hidden: true }).action(async (file: string | undefined) => {
    const { completeStages } = await import('./complete-stages');
    finish(await completeStages(file, effects));
  });
}
