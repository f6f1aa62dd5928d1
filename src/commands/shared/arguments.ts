import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Effects } from '../../effects';
import { DURATION_RULE, parseDuration, parseSize, SIZE_RULE } from '../../kit/text/units';
import { ENGINE_CHOICES } from './engine-choices';

/** The context in which a command is defined and run. */
export interface CommandContext {
  readonly effects: Effects;
  /** As typed, without the name of the program. */
  readonly typed: readonly string[];
  /** Takes the exit code. */
  readonly finish: (code: number) => void;
}

/** Options that select the results and the pipeline, the same for every command that reads a pipeline file. */
export function withPipelineOptions(command: Command): Command {
  return withArtifacts(command)
    .option('--set <name=value>', 'set a parameter of the file (repeatable)', collectSettings)
    .option('--profile <name>', 'apply a profile of the file (repeatable)', collect)
    .addOption(new Option('--engine <name>', 'training engine; overrides the file').choices(ENGINE_CHOICES));
}

export function withSelection(command: Command): Command {
  return command
    .option('--only [stages...]', 'run these stages alone; their inputs must exist')
    .option('--from <stages...>', 'run these stages and all that depend on them')
    .option('--until <stages...>', 'stop after these stages')
    .option('--force [stages...]', 'run these stages, or all, even if their results exist');
}

export function withArtifacts(command: Command): Command {
  return command.option('--artifacts <folder>', 'folder of the results', 'artifacts');
}

export function withJson(command: Command, what = 'print JSON'): Command {
  return command.option('--json', what);
}

export function example(...lines: readonly string[]): string {
  return `\nExample:\n${lines.map(line => `  $ ${line}`).join('\n')}`;
}

function collectSettings(text: string, settings: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write it as name=value, for example --set seed=2');
  return { ...settings, [text.slice(0, at)]: text.slice(at + 1) };
}

function collect(text: string, list: readonly string[] = []): string[] {
  return [...list, text];
}

export function positiveInteger(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1) throw new InvalidArgumentError('It must be an integer >= 1');
  return count;
}

/** `30d`, `1h30m` as milliseconds. */
export function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined) throw new InvalidArgumentError(`It must be ${DURATION_RULE}`);
  return seconds * 1000;
}

/** `20GB`, `4GiB` as bytes. */
export function size(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined) throw new InvalidArgumentError(`It must be ${SIZE_RULE}`);
  return bytes;
}
