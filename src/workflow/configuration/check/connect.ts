import type { ProblemCode } from '../read/problem-codes';
import type { AnyStage, InputPort } from '../../../stage';
import { alternatives, alternativesTo, quote, suggestion } from '../../../kit/text/quote';
import type { Directory, Named } from '../read/directory';
import type { StageGroup } from './groups';
import { kindOf, type Located } from '../read/located';
import type { Problem, ReportProblem, Span } from '../read/problem';
import { MERGE_KEY, MERGE_KEY_RULE } from '../read/shape';
import { INPUT_NAME, INPUT_NAME_RULE, namedPort } from '../../../kit/text/port-names';

/** One thing that a stage entry reads, and where the file says so. `port` is undefined when it is not known (reported). */
export interface Connection extends Named {
  readonly port: string | undefined;
  readonly span: Span;
}

export interface PortConnections {
  /** Of the name of the port. */
  readonly key: Span;
  readonly connections: readonly Connection[];
}

/** By input port. */
export type Connections = ReadonlyMap<string, PortConnections>;

/** What the `in` block of a stage entry connects, alike for all its cells; every mistake in it is reported. */
export function connect(group: StageGroup, directory: Directory, report: ReportProblem): Connections {
  const { spec, stage } = group;
  const connections = new Map<string, PortConnections>();
  for (const [name, { key, value }] of spec.in.entries) {
    const port = stage && ownPort(stage.inputs, name);
    if (stage && !port) report(unknownInput(name, key, stage));
    if (value.broken || name === MERGE_KEY) continue;
    const context = { group, name, port, directory, report };
    if (port?.named === true) connectNames(context, value).forEach((found, called) => connections.set(called, found));
    else connections.set(name, { key, connections: connectPort(context, value) });
  }
  if (stage && !spec.in.broken) reportMissing(group, stage, directory, report);
  return connections;
}

interface PortContext {
  readonly group: StageGroup;
  readonly name: string;
  /** Undefined when nothing is known about it; then only the names of stages are checked. */
  readonly port: InputPort | undefined;
  readonly directory: Directory;
  readonly report: ReportProblem;
}

/** What stands under each name, by `teachers.arcface`. */
function connectNames(context: PortContext, value: Located): Connections {
  const { port, name, group, report, directory } = context;
  const found = new Map<string, PortConnections>();
  const start = `input ${quote(name)} of ${quote(group.spec.id)}`;
  if (value.kind !== 'map') {
    const message = `Cannot connect ${start}: found ${kindOf(value)}, wanted a map of names, each with a stage or a list of them`;
    report({ code: 'wrong-kind', message, span: value.span });
    return found;
  }
  if (value.entries.size === 0 && port!.optional !== true) {
    const message = `Nothing is connected to ${start}: ${directory.wantedFor(port!, group)}`;
    report({ code: 'missing-input', message, span: value.span });
  }
  for (const [each, { key, value: stages }] of value.entries) {
    const rule = each === MERGE_KEY ? MERGE_KEY_RULE : `use ${INPUT_NAME_RULE}`;
    if (!INPUT_NAME.test(each)) {
      report({ code: 'bad-name', message: `Cannot use the name ${quote(each)} in ${start}: ${rule}`, span: key });
    } else if (!stages.broken) {
      const called = namedPort(name, each);
      const many = { ...port!, many: true, optional: false };
      found.set(called, { key, connections: connectPort({ ...context, name: called, port: many }, stages) });
    }
  }
  return found;
}

function connectPort(context: PortContext, value: Located): Connection[] {
  const { port, report, name, group } = context;
  const { id } = group.spec;
  if (value.kind !== 'list') return connectOne(context, value);
  if (port && port.many !== true) {
    const message = `Cannot connect a list to input ${quote(name)} of ${quote(id)}: wanted one stage`;
    report({ code: 'list-not-accepted', message, span: value.span });
    return [];
  }
  if (value.items.length === 0 && port && port.optional !== true) {
    const message = `Nothing is connected to input ${quote(name)} of ${quote(id)}: ${context.directory.wantedFor(port, group)}`;
    report({ code: 'missing-input', message, span: value.span });
  }
  return value.items.flatMap(item => connectOne(context, item));
}

function connectOne(context: PortContext, value: Located): Connection[] {
  const { group, name, directory, report } = context;
  const { span } = value;
  if (value.broken) return [];
  const problem = (code: ProblemCode, message: string): [] => {
    report({ code, message: `Cannot connect input ${quote(name)} of ${quote(group.spec.id)}: ${message}`, span });
    return [];
  };
  if (value.kind !== 'scalar' || typeof value.value !== 'string') {
    return problem('wrong-kind', `found ${kindOf(value)}, wanted the id of a stage or "<id>.<port>"`);
  }
  if (value.value.includes('${')) {
    return problem('bad-expression', `found ${quote(value.value)}; expressions are for "with" only`);
  }
  const { named, output, tried } = directory.find(value.value, group);
  if (!named) return problem('unknown-step', directory.unknown(tried, group));
  // The order of the stages is checked even where the ports are wrong; that finds a stage that needs itself, too.
  const port = named.group === group ? undefined : findOutput(context, named, { output, text: value.value }, problem);
  return [{ ...named, port, span }];
}

type ReportHere = (code: ProblemCode, message: string) => void;

/** The output port that an input reads; undefined when it is not known (reported, unless the source itself is wrong). */
function findOutput(
  { port, directory, group }: PortContext,
  { group: source, step }: Named,
  { output, text }: { output: string | undefined; text: string },
  problem: ReportHere,
): string | undefined {
  if (!source.stage || (!port && output === undefined)) return undefined;
  const { outputs } = source.stage;
  const id = step ?? source.spec.id;
  if (output !== undefined && !Object.hasOwn(outputs, output)) {
    const names = Object.keys(outputs);
    const has = names.length === 0 ? 'it has none' : `it has ${alternatives(names, 'and')}`;
    problem('unknown-output', `${quote(id)} has no output ${quote(output)}, ${has}${suggestion(output, names)}`);
    return undefined;
  }
  if (!port) return undefined;
  const fitting = Object.keys(outputs).filter(key => outputs[key]!.type === port.type);
  if (output === undefined && fitting.length > 1) {
    const names = alternatives(fitting.map(key => `${text}.${key}`));
    problem('ambiguous-output', `${quote(id)} has several outputs of type ${port.type}; say ${names}`);
    return undefined;
  }
  if (output === undefined ? fitting.length === 0 : !fitting.includes(output)) {
    const makes = output === undefined ? Object.values(outputs).map(({ type }) => type) : [outputs[output]!.type];
    const found = makes.length === 0 ? 'nothing' : [...new Set(makes)].join(' and ');
    problem('type-mismatch', `${quote(text)} is ${found}, ${directory.wantedFor(port, group)}`);
    return undefined;
  }
  return output ?? fitting[0]!;
}

function unknownInput(name: string, span: Span, stage: AnyStage): Problem {
  const names = Object.keys(stage.inputs);
  const accepted = Object.hasOwn(stage.options.properties, name)
    ? 'it is an option, put it under "with"'
    : name === MERGE_KEY
      ? MERGE_KEY_RULE
      : names.length === 0
        ? 'it takes no inputs'
        : `use ${alternativesTo(name, names)}`;
  return { code: 'unknown-input', message: `Unknown input ${quote(name)} of ${stage.name}: ${accepted}`, span };
}

function reportMissing(group: StageGroup, stage: AnyStage, directory: Directory, report: ReportProblem): void {
  const { spec } = group;
  const names = Object.keys(stage.inputs);
  // A merge key was meant to bring others, and has been reported.
  if (spec.in.entries.has(MERGE_KEY)) return;
  const misspelt = [...spec.in.entries.keys()]
    .filter(name => !names.includes(name))
    .map(name => suggestion(name, names));
  for (const [name, port] of Object.entries(stage.inputs)) {
    if (port.optional === true || spec.in.entries.has(name)) continue;
    if (misspelt.some(text => text.includes(quote(name)))) continue;
    const wanted = directory.wantedFor(port, group);
    const message = `Missing input ${quote(name)} of ${stage.name} (${port.summary}): ${wanted}`;
    report({ code: 'missing-input', message, span: spec.in.entries.size > 0 ? spec.in.span : spec.span });
  }
}

function ownPort(ports: Readonly<Record<string, InputPort>>, name: string): InputPort | undefined {
  return Object.hasOwn(ports, name) ? ports[name] : undefined;
}
