import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Effects } from '../../effects';
import { DURATION_RULE, parseDuration, parseSize, SIZE_RULE } from '../../kit/text/units';
import { ENGINE_CHOICES } from './engine-choices';

/** What a definition of a command needs to carry it out. */
export interface CommandContext {
  readonly effects: Effects;
  /** As typed, without the name of the program. */
  readonly typed: readonly string[];
  /** Takes the exit code. */
  readonly finish: (code: number) => void;
}

/** Options that say which results and which pipeline are meant, the same for every command that reads a pipeline file. */
export function withPipelineOptions(command: Command): Command {
  return withArtifacts(command)
    .option('--set <name=value>', 'replace a parameter of the file (repeatable)', collectSettings)
    .option('--profile <name>', 'lay a profile of the file over it (repeatable)', collect)
    .addOption(new Option('--engine <name>', 'training engine, over what the file says').choices(ENGINE_CHOICES));
}

export function withSelection(command: Command): Command {
  return command
    .option('--only [stages...]', 'these stages alone; what they need must be there')
    .option('--from <stages...>', 'these stages and all that follows from them')
    .option('--until <stages...>', 'nothing after these stages')
    .option('--force [stages...]', 'execute these stages, or all, although their results are there');
}

export function withArtifacts(command: Command): Command {
  return command.option('--artifacts <folder>', 'where results are kept', 'artifacts');
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
