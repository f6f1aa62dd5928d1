import type { Argument, Command, Option } from 'commander';
import { BASH, CANDIDATES, ZSH } from './completion-shell';

/**
 * A script that completes commands, options, their choices, files, and the stages of the pipeline file that was typed. Made from the
 * commands as they are defined, so it cannot be older than they are.
 */
export function completionScript(shell: 'bash' | 'zsh', program: Command): string {
  const help = program.createHelp();
  const commands = help.visibleCommands(program).map(command => [command.name(), command.description()] as const);
  const members = help.visibleCommands(program).filter(command => command.name() !== 'help');
  const all = [program, ...members];
  const nameOf = (command: Command): string => (command === program ? '' : command.name());
  const functions = [
    answers('commands', '$1', [['', listed(commands)]]),
    answers(
      'options',
      '$1',
      all.map(command => [nameOf(command), listed(help.visibleOptions(command).map(named))]),
    ),
    answers(
      'value',
      '$1 $2',
      all.flatMap(command =>
        help.visibleOptions(command).flatMap(option => {
          const kind = kindOfOption(option);
          return kind === undefined ? [] : [[`${nameOf(command)} ${option.long!}`, said(kind)] as const];
        }),
      ),
    ),
    answers(
      'argument',
      '$1 $2',
      members.flatMap(command =>
        command.registeredArguments.map(
          (argument, index) =>
            [`${command.name()} ${index + 1}`, said(kindOfArgument(argument)), argument.variadic] as const,
        ),
      ),
    ),
  ];
  return [
    shell === 'bash' ? BASH.head : ZSH.head,
    ...functions,
    CANDIDATES,
    shell === 'bash' ? BASH.foot : ZSH.foot,
  ].join('\n');
}

/** A shell function that prints something for each of its cases. */
function answers(
  name: string,
  subject: string,
  cases: readonly (readonly [pattern: string, body: string, open?: boolean])[],
): string {
  const lines = cases.map(([pattern, body, open]) => {
    // The last argument of a command that takes any number stands for all that follow.
    const patterns = open === true ? `${quote(pattern)} | ${quote(pattern.replace(/\d+$/, ''))}*` : quote(pattern);
    return `    ${patterns}) ${body} ;;`;
  });
  return [`_pipeline_${name}() {`, `  case "${subject}" in`, ...lines, '  esac', '}'].join('\n');
}

/** `many stages`, `one words auto wasm`: how many values follow, and what they are; undefined for an option without a value. */
function kindOfOption({ flags, required, optional, variadic, argChoices, long }: Option): string | undefined {
  if (!(required || optional) || long === undefined) return undefined;
  const value = /[<[]([^\]>.]+)/.exec(flags)?.[1] ?? '';
  const kind = argChoices ? `words ${argChoices.join(' ')}` : (VALUES[value] ?? 'none');
  return `${variadic ? 'many' : 'one'} ${kind}`;
}

function kindOfArgument(argument: Argument): string {
  return argument.argChoices ? `words ${argument.argChoices.join(' ')}` : (ARGUMENTS[argument.name()] ?? 'none');
}

/** What a value is called in the definitions, and what can stand for it. */
const VALUES: Readonly<Record<string, string>> = {
  file: 'files',
  folder: 'folders',
  stage: 'stages',
  stages: 'stages',
};

const ARGUMENTS: Readonly<Record<string, string>> = {
  ...VALUES,
  file: 'pipelines',
  'file-or-stage': 'pipelines',
  'file-or-digest': 'files',
  artifact: 'files',
  // Of `stages`, which describes one.
  name: 'uses',
};

function named({ long, short, description }: Option): readonly [string, string] {
  return [long ?? short!, description];
}

/** Prints a word and what it means a line. */
function listed(words: readonly (readonly [string, string])[]): string {
  if (words.length === 0) return ':';
  return `printf '%s\\t%s\\n' ${words.map(([word, meaning]) => `${quote(word)} ${quote(meaning)}`).join(' ')}`;
}

function said(text: string): string {
  return `printf '%s' ${quote(text)}`;
}

/** For a shell, which reads nothing inside. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
