import type { AnyStage, Json } from '../../stage';
import type { CheckedPipeline, CheckedStep, Retry } from './checked-pipeline';
import { NO_EXECUTION } from './compose/execution';
import { splitPort } from '../../kit/text/port-names';
import { givenPaths, pathOptions } from '../inputs/path-options';
import { memberName } from '../../kit/text/leaf-name';
import { formatDuration } from '../../kit/text/units';

/**
 * A pipeline as one plain file, with everything that it extends, imports, inserts and expands written out; secrets stand there as
 * `${secret:NAME}`. Loaded again, it gives the same steps.
 */
export function resolvedYaml({ name, engine, steps, secrets }: CheckedPipeline): string {
  const variables = unique(steps.flatMap(step => Object.keys(step.env)));
  const names = Object.keys(secrets);
  const roots = unique(steps.flatMap(pathsOf));
  const file = {
    resolved: true,
    name,
    ...(engine === undefined ? {} : { engine }),
    ...(variables.length === 0 ? {} : { env: variables }),
    ...(names.length === 0 ? {} : { secrets: names }),
    // Exactly what is read, wherever the command will be typed.
    ...(roots.length === 0 ? {} : { roots }),
    stages: Object.fromEntries(steps.map(step => [step.id, entryOf(step, secrets)])),
  };
  const comment = '# Written by fairdistill: the pipeline with its imports, profiles and parameters filled in.\n';
  return comment + block(file, '');
}

/** Maps in lines, lists in [ ]. Every JSON text is YAML; a library that can do more takes ten times as long. */
function block(map: object, indent: string): string {
  const lines = Object.entries(map).map(([key, value]: [string, unknown]) => {
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (isMap && Object.keys(value).length > 0) return `${indent}${plain(key)}:\n${block(value, `${indent}  `)}`;
    return `${indent}${plain(key)}: ${typeof value === 'string' ? plain(value) : json(value)}\n`;
  });
  return lines.join('');
}

/** Without quotes where nothing else can be meant. */
function plain(text: string): string {
  const isPlain = /^[A-Za-z][A-Za-z0-9_/@=,+~.-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|[yn])$/i.test(text);
  return isPlain ? text : json(text);
}

/** JSON leaves some characters as they are that no YAML file may have. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, escapeUnit);
}

function escapeUnit(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function entryOf({ stage, options, inputs, ...step }: CheckedStep, secrets: CheckedPipeline['secrets']): object {
  const { resources, retry, timeout, limits, env } = step;
  const blocks = {
    in: connected(inputs, stage),
    with: literal(withoutNoPath(options, stage), secrets) as object,
    resources: withSize(resources),
    retry: isUsual(retry) ? {} : { times: retry.times, delay: formatDuration(retry.delay) },
    limits: withSize(limits),
    env: Object.keys(env),
  };
  const filled = Object.entries(blocks).filter(([, block]) => Object.keys(block).length > 0);
  const limit = timeout === undefined ? {} : { timeout: formatDuration(timeout) };
  return { uses: stage.name, ...(Object.fromEntries(filled) as object), ...limit };
}

function connected(inputs: CheckedStep['inputs'], stage: AnyStage): object {
  const ports = new Map<string, unknown>();
  for (const [called, outputs] of Object.entries(inputs)) {
    const [port, name] = splitPort(called);
    const sources = outputs.map(output => `${output.step}.${output.port}`);
    if (name !== undefined) ports.set(port, { ...(ports.get(port) as object | undefined), [name]: sources });
    else ports.set(port, stage.inputs[port]?.many === true ? sources : sources[0]);
  }
  return Object.fromEntries(ports);
}

function withSize(map: { readonly memory?: number }): object {
  return { ...map, ...(map.memory === undefined ? {} : { memory: `${map.memory}B` }) };
}

function isUsual(retry: Retry): boolean {
  const usual = NO_EXECUTION.retry;
  return retry.times === usual.times && retry.delay === usual.delay;
}

/** Text that is not an expression any more, but for secrets. */
function literal(value: Json, secrets: CheckedPipeline['secrets']): Json {
  if (typeof value === 'string') {
    return value.replace(/\$\{(?:secret:(\w+)\})?/g, (match, name: string | undefined) =>
      name !== undefined && Object.hasOwn(secrets, name) ? match : `$${match}`,
    );
  }
  if (Array.isArray(value)) return value.map((item: Json) => literal(item, secrets));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, literal(part, secrets)]));
}

/** An empty path is a default that says that there is none; written down, it would be a mistake. */
function withoutNoPath(options: CheckedStep['options'], stage: AnyStage): Json {
  const none = pathOptions({ stage, options }).filter(({ path }) => path === '');
  const leaves = new Set(none.map(({ leaf }) => leaf));
  return leaves.size === 0 ? options : without(options, '', leaves);
}

/** A value without those members of maps. */
function without(value: Json, name: string, leaves: ReadonlySet<string>): Json {
  if (Array.isArray(value)) return value.map((item: Json, i) => without(item, memberName(name, i), leaves));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]) => [key, member, memberName(name, key)] as const);
  const kept = members.filter(([, , leaf]) => !leaves.has(leaf));
  return Object.fromEntries(kept.map(([key, member, leaf]) => [key, without(member, leaf, leaves)]));
}

function pathsOf({ companions = [], ...step }: CheckedStep): string[] {
  return [...givenPaths(step).map(({ path }) => path), ...companions];
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}
